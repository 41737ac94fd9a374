namespace KvOrleans.LoadGenerator.Transport;

/// <summary>The bytes of one TCP connection to a server under test. Used by one caller at a time.</summary>
internal interface ITransport : IDisposable
{
    /// <summary>Sends the three parts as one stream of bytes; empty parts are allowed.</summary>
    /// <remarks>All parts are slices of pinned arrays.</remarks>
    ValueTask SendAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> tail);

    /// <summary>Receives at least <paramref name="minimum"/> bytes, at most what fits.</summary>
    /// <param name="buffer">A slice of a pinned array.</param>
    /// <param name="minimum">1 to the buffer's length.</param>
    /// <returns>The number of bytes received.</returns>
    /// <exception cref="IOException">The connection ended, failed or was silent for longer than the timeout.</exception>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, int minimum);
}
