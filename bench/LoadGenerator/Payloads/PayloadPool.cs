namespace KvOrleans.LoadGenerator.Payloads;

/// <summary>
/// The payload of every block of one size. Block n's bytes are a window of one random pinned array, shifted by n steps, so
/// that each block's bytes follow from its number, differ from its neighbours' from the first byte to the last, and cost nothing to make.
/// </summary>
internal sealed class PayloadPool
{
    /// <summary>One cache line: windows are aligned alike.</summary>
    private const int Step = 64;

    private const int LongestShift = 16 << 20;
    private const int Seed = 20_26;
    private const int EdgeBytes = 8;

    private readonly byte[] _bytes;
    private readonly int _windows;

    /// <param name="size">Bytes of each payload.</param>
    /// <param name="blocks">How many blocks are told apart; at most 262144 are.</param>
    public PayloadPool(int size, long blocks)
    {
        Size = size;
        _windows = (int)Math.Min(blocks, LongestShift / Step);
        _bytes = GC.AllocateUninitializedArray<byte>(size + (_windows * Step), pinned: true);
        new Random(Seed).NextBytes(_bytes);
    }

    public int Size { get; }

    /// <summary>The payload of block <paramref name="number"/>: a slice of a pinned array.</summary>
    public ReadOnlyMemory<byte> Of(long number) => _bytes.AsMemory((int)(number % _windows) * Step, Size);

    /// <summary>Whether <paramref name="payload"/> has the length, the first and the last bytes of block <paramref name="number"/>.</summary>
    public bool LooksLike(long number, ReadOnlySpan<byte> payload)
    {
        var expected = Of(number).Span;
        var edge = Math.Min(EdgeBytes, Size);
        return payload.Length == Size
            && payload[..edge].SequenceEqual(expected[..edge])
            && payload[^edge..].SequenceEqual(expected[^edge..]);
    }

    /// <summary>Whether <paramref name="payload"/> is block <paramref name="number"/>, byte for byte.</summary>
    public bool Equals(long number, ReadOnlySpan<byte> payload) => payload.SequenceEqual(Of(number).Span);
}
