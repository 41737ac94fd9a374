namespace KvOrleans.Contracts.Blocks;

/// <summary>Keys that are ranges of one buffer.</summary>
internal readonly ref struct BufferedKeyRun(ReadOnlySpan<byte> buffer, ReadOnlySpan<(int Offset, int Length)> ranges) : IKeyRun
{
    private readonly ReadOnlySpan<byte> _buffer = buffer;
    private readonly ReadOnlySpan<(int Offset, int Length)> _ranges = ranges;

    public int Count => _ranges.Length;

    public ReadOnlySpan<byte> this[int index] => _buffer.Slice(_ranges[index].Offset, _ranges[index].Length);
}
