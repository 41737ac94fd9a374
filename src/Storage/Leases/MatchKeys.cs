namespace KvOrleans.Storage.Leases;

/// <summary>The keys of a chain, head first, as ranges of one buffer.</summary>
/// <param name="buffer">Where the keys' bytes are.</param>
/// <param name="ranges">Where in it each key is. A key may occur more than once.</param>
public readonly ref struct MatchKeys(ReadOnlySpan<byte> buffer, ReadOnlySpan<(int Offset, int Length)> ranges)
{
    /// <summary>Where the keys' bytes are.</summary>
    public ReadOnlySpan<byte> Buffer { get; } = buffer;

    /// <summary>Where in the buffer each key is.</summary>
    public ReadOnlySpan<(int Offset, int Length)> Ranges { get; } = ranges;

    /// <summary>The number of keys.</summary>
    public int Count => Ranges.Length;

    /// <summary>The key at a position of the chain.</summary>
    public ReadOnlySpan<byte> this[int position] => Buffer.Slice(Ranges[position].Offset, Ranges[position].Length);
}
