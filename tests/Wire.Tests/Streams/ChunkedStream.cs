namespace KvOrleans.Wire.Tests.Streams;

/// <summary>Gives bytes in chunks of the sizes given, over and over; every third read completes later.</summary>
internal sealed class ChunkedStream(ReadOnlyMemory<byte> bytes, params int[] chunks) : ReadOnlyTestStream
{
    private ReadOnlyMemory<byte> _rest = bytes;
    private int _reads;
    private int _left = chunks[0];
    private int _chunk;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (++_reads % 3 == 0)
            await Task.Yield();
        var count = Math.Min(Math.Min(buffer.Length, _left), _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        _left -= count;
        if (_left == 0)
            _left = chunks[++_chunk % chunks.Length];
        return count;
    }
}
