using KvOrleans.Client.Connections;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Matching;

/// <summary>Positions of a chain, gathered by the silo that is asked for them into requests of a bounded size.</summary>
internal sealed class MatchParts(ChainBlocks chain, int mostBytes)
{
    /// <summary>The bytes of one request: less than the least that a silo may be set to accept. More of a chain is asked for beside it.</summary>
    public const int MostBytes = 60 * 1024;

    // What a key takes beside its bytes: $512, two line ends.
    private const int KeyOverhead = 10;

    private readonly List<Part> _open = [];
    private List<(SiloLink Link, int[] Positions)> _full = [];

    /// <summary>Whether a request is full, so that it can be sent while others are filled.</summary>
    public bool HasFull => _full.Count > 0;

    /// <summary>What <paramref name="chain"/> takes in a request, in bytes.</summary>
    public static long SizeOf(ReadOnlySpan<BlockKey> chain)
    {
        var bytes = 0L;
        foreach (var key in chain)
            bytes += key.Length + KeyOverhead;
        return bytes;
    }

    /// <summary>Asks <paramref name="link"/> for the key at <paramref name="position"/>, which lies behind all that were added for it.</summary>
    public void Add(SiloLink link, int position)
    {
        var size = chain[position].Key.Length + KeyOverhead;
        var part = PartOf(link);
        if (part.Bytes + size > mostBytes)
        {
            _full.Add((link, [.. part.Positions]));
            part.Positions.Clear();
            part.Bytes = 0;
        }

        part.Positions.Add(position);
        part.Bytes += size;
    }

    /// <summary>The requests that are full, each silo's in order. They are not given again.</summary>
    public IReadOnlyList<(SiloLink Link, int[] Positions)> TakeFull()
    {
        var full = _full;
        _full = [];
        return full;
    }

    /// <summary>The rest of the requests, each silo's in order.</summary>
    public IReadOnlyList<(SiloLink Link, int[] Positions)> Take() =>
        [.. TakeFull(), .. _open.Select(static part => (part.Link, part.Positions.ToArray()))];

    private Part PartOf(SiloLink link)
    {
        foreach (var part in _open)
        {
            if (part.Link == link)
                return part;
        }

        var added = new Part(link);
        _open.Add(added);
        return added;
    }

    private sealed class Part(SiloLink link)
    {
        public SiloLink Link => link;

        public List<int> Positions { get; } = [];

        public int Bytes { get; set; }
    }
}
