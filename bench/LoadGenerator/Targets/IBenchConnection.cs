namespace KvOrleans.LoadGenerator.Targets;

/// <summary>
/// One connection to a server under test, driven by one caller, one operation at a time. An implementation whose calls
/// block the thread returns completed tasks.
/// </summary>
internal interface IBenchConnection : IAsyncDisposable
{
    /// <summary>Reads a block.</summary>
    /// <returns>The payload, in memory of the connection; valid until the next call.</returns>
    /// <exception cref="IOException">The block is absent, the reply is malformed, or the connection failed.</exception>
    ValueTask<ReadOnlyMemory<byte>> GetAsync(ReadOnlyMemory<byte> key);

    /// <summary>Stores a block.</summary>
    /// <param name="key">A slice of a pinned array.</param>
    /// <param name="payload">A slice of a pinned array.</param>
    /// <exception cref="IOException">The server refused, the reply is malformed, or the connection failed.</exception>
    ValueTask SetAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> payload);
}
