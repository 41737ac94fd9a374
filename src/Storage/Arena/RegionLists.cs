namespace KvOrleans.Storage.Arena;

/// <summary>Regions by their number of free pages: finds the fullest that suffices, and the emptiest, in constant time.</summary>
internal sealed class RegionLists
{
    private const int None = -1;

    private readonly short[] _freePages;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly int[] _heads = new int[PageArena.PagesPerRegion + 1];
    private readonly ulong[] _occupied = new ulong[(PageArena.PagesPerRegion / 64) + 1];

    /// <summary>All regions are free, and the lowest is handed out first.</summary>
    public RegionLists(int regions)
    {
        _freePages = new short[regions];
        _next = new int[regions];
        _previous = new int[regions];
        _heads.AsSpan().Fill(None);
        for (var region = regions - 1; region >= 0; region--)
            Link(region, PageArena.PagesPerRegion);
    }

    public int FreePages(int region) => _freePages[region];

    public bool IsWhole(int region) =>
        (uint)region < (uint)_freePages.Length && _freePages[region] == PageArena.PagesPerRegion;

    public void SetFreePages(int region, int freePages)
    {
        Unlink(region);
        Link(region, freePages);
    }

    /// <summary>A region with the fewest free pages that are at least <paramref name="pages"/>.</summary>
    public bool TryFindFullest(int pages, out int region)
    {
        var count = pages > PageArena.PagesPerRegion ? int.MaxValue : PageBits.NextSet(_occupied, pages);
        region = count <= PageArena.PagesPerRegion ? _heads[count] : None;
        return region != None;
    }

    /// <summary>A region with the most free pages; there must be a free page.</summary>
    public int FindEmptiest()
    {
        var word = _occupied.Length - 1;
        while (_occupied[word] == 0)
            word--;
        return _heads[(word * 64) + 63 - System.Numerics.BitOperations.LeadingZeroCount(_occupied[word])];
    }

    private void Link(int region, int freePages)
    {
        _freePages[region] = (short)freePages;
        if (freePages == 0)
            return;

        var head = _heads[freePages];
        _next[region] = head;
        _previous[region] = None;
        _heads[freePages] = region;
        if (head != None)
            _previous[head] = region;
        else
            _occupied[freePages >> 6] |= 1UL << (freePages & 63);
    }

    private void Unlink(int region)
    {
        var freePages = _freePages[region];
        if (freePages == 0)
            return;

        var (next, previous) = (_next[region], _previous[region]);
        if (next != None)
            _previous[next] = previous;
        if (previous != None)
            _next[previous] = next;
        else
            _heads[freePages] = next;
        if (_heads[freePages] == None)
            _occupied[freePages >> 6] &= ~(1UL << (freePages & 63));
    }
}
