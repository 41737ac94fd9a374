using System.Diagnostics;

namespace KvOrleans.Storage.Arena;

/// <summary>
/// Which pages are free. Any free page serves any block, so taking <c>n</c> pages succeeds exactly when <c>n</c> are free;
/// the choice of pages only keeps blocks in few pieces. Not thread-safe.
/// </summary>
internal sealed class PageMap(int regions)
{
    private const int WordsPerRegion = PageArena.PagesPerRegion / 64;

    private readonly ulong[] _free = FilledWith(ulong.MaxValue, regions * WordsPerRegion);
    private readonly RegionLists _regions = new(regions);

    public long FreePages { get; private set; } = (long)regions * PageArena.PagesPerRegion;

    /// <summary>Takes <paramref name="pages"/> pages, which must be free, and adds their runs, none longer than a region, in no order.</summary>
    public void Take(int pages, List<Extent> into)
    {
        Debug.Assert(pages <= FreePages);
        FreePages -= pages;
        pages -= TakeWholeRegions(pages / PageArena.PagesPerRegion, into);
        while (pages > 0)
        {
            if (!_regions.TryFindFullest(pages, out var region))
                region = _regions.FindEmptiest();
            var here = Math.Min(pages, _regions.FreePages(region));
            TakeWithin(region, here, into);
            pages -= here;
        }
    }

    /// <summary>Gives a run back, which may span regions.</summary>
    public void Return(Extent extent)
    {
        FreePages += extent.Count;
        for (var page = extent.Page; page < extent.End;)
        {
            var region = page / PageArena.PagesPerRegion;
            var count = Math.Min(extent.End, (region + 1) * PageArena.PagesPerRegion) - page;
            var within = page % PageArena.PagesPerRegion;
            Debug.Assert(PageBits.NextSet(Words(region), within) >= within + count, "A page was freed twice.");
            PageBits.Flip(Words(region), within, count);
            _regions.SetFreePages(region, _regions.FreePages(region) + count);
            page += count;
        }
    }

    /// <summary>Neighbours first, upward and downward, so that they merge into one extent.</summary>
    private int TakeWholeRegions(int count, List<Extent> into)
    {
        var (low, high, taken) = (int.MinValue, int.MinValue, 0);
        while (taken < count && _regions.TryFindFullest(PageArena.PagesPerRegion, out var region))
        {
            if (_regions.IsWhole(high + 1))
                region = ++high;
            else if (_regions.IsWhole(low - 1))
                region = --low;
            else
                low = high = region;
            TakeRun(region, 0, PageArena.PagesPerRegion, into);
            taken++;
        }

        return taken * PageArena.PagesPerRegion;
    }

    /// <summary>The shortest run that holds all, or else the runs in ascending order.</summary>
    private void TakeWithin(int region, int pages, List<Extent> into)
    {
        var (best, bestLength) = (-1, int.MaxValue);
        for (var at = NextRun(region, 0, out var length); length > 0; at = NextRun(region, at + length, out length))
        {
            if (length >= pages && length < bestLength)
                (best, bestLength) = (at, length);
        }

        if (best >= 0)
        {
            TakeRun(region, best, pages, into);
            return;
        }

        for (var at = 0; pages > 0;)
        {
            at = NextRun(region, at, out var length);
            length = Math.Min(length, pages);
            TakeRun(region, at, length, into);
            at += length;
            pages -= length;
        }
    }

    private int NextRun(int region, int from, out int length)
    {
        var start = PageBits.NextSet(Words(region), from);
        length = PageBits.NextClear(Words(region), start) - start;
        return start;
    }

    private void TakeRun(int region, int from, int count, List<Extent> into)
    {
        PageBits.Flip(Words(region), from, count);
        _regions.SetFreePages(region, _regions.FreePages(region) - count);
        into.Add(new((region * PageArena.PagesPerRegion) + from, count));
    }

    private Span<ulong> Words(int region) => _free.AsSpan(region * WordsPerRegion, WordsPerRegion);

    private static ulong[] FilledWith(ulong value, int length)
    {
        var words = new ulong[length];
        words.AsSpan().Fill(value);
        return words;
    }
}
