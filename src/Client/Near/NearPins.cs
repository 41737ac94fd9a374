using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Near;

/// <summary>The near blocks of a match, by their positions in it, pinned until they are released. Who loses a match has them released when it is collected. Thread-safe.</summary>
internal sealed class NearPins
{
    private readonly NearBlock?[] _blocks;
    private int _count;

    private NearPins(NearBlock?[] blocks) => _blocks = blocks;

    /// <summary>Releases what nobody else will.</summary>
    ~NearPins() => ReleaseFrom(0);

    /// <summary>Pins what is near of a chain that is asked for by <paramref name="find"/>; null when nothing is.</summary>
    public static NearPins? Of(ReadOnlySpan<BlockKey> chain, Func<BlockKey, NearBlock?> find)
    {
        NearPins? pins = null;
        for (var i = 0; i < chain.Length; i++)
        {
            if (find(chain[i]) is { } block)
            {
                (pins ??= new(new NearBlock?[chain.Length]))._blocks[i] = block;
                pins._count++;
            }
        }

        return pins;
    }

    /// <summary>How many were near at first.</summary>
    public int Count => _count;

    /// <summary>Whether each of the first <paramref name="count"/> blocks is pinned.</summary>
    public bool Covers(int count) => !_blocks.AsSpan(0, count).Contains(null);

    /// <summary>The block at a position of the match; null when it is not near, or was released.</summary>
    public NearBlock? At(int position) => Volatile.Read(ref _blocks[position]);

    /// <summary>Releases the blocks at <paramref name="position"/> and behind.</summary>
    public void ReleaseFrom(int position)
    {
        for (var i = position; i < _blocks.Length; i++)
            Interlocked.Exchange(ref _blocks[i], null)?.Unpin();
        if (position == 0)
            GC.SuppressFinalize(this);
    }
}
