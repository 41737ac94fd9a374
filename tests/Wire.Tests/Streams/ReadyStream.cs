namespace KvOrleans.Wire.Tests.Streams;

/// <summary>Gives all that is asked for at once and allocates nothing.</summary>
internal sealed class ReadyStream(ReadOnlyMemory<byte> bytes) : ReadOnlyTestStream
{
    private ReadOnlyMemory<byte> _rest = bytes;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return new(count);
    }
}
