namespace KvOrleans.Grains.Peers;

/// <summary>Another silo cannot be asked now; nothing was sent to it. Never leaves this folder: it becomes an outcome.</summary>
internal sealed class PeerUnreachableException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Whether it answered, and refused the password or that there was none.</summary>
    public bool IsRefusal { get; init; }
}
