namespace KvOrleans.Storage.Leases;

/// <summary>The keys of a chain, head first, as ranges of one buffer.</summary>
/// <param name="buffer">Where the keys' bytes are.</param>
/// <param name="ranges">Where in it each key is. A key may occur more than once.</param>
public readonly ref struct MatchKeys(ReadOnlySpan<byte> buffer, ReadOnlySpan<(int Offset, int Length)> ranges)
{
    private readonly ReadOnlySpan<byte> _buffer = buffer;
    private readonly ReadOnlySpan<(int Offset, int Length)> _ranges = ranges;

    /// <summary>The number of keys.</summary>
    public int Count => _ranges.Length;

    /// <summary>The key at a position of the chain.</summary>
    public ReadOnlySpan<byte> this[int position] => _buffer.Slice(_ranges[position].Offset, _ranges[position].Length);
}
