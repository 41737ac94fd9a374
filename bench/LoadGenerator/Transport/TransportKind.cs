namespace KvOrleans.LoadGenerator.Transport;

/// <summary>How the load generator does its socket I/O, the same for every server.</summary>
internal enum TransportKind
{
    /// <summary>System calls that block a dedicated thread per connection.</summary>
    Blocking,

    /// <summary>The runtime's asynchronous sockets, on the thread pool.</summary>
    Async,
}
