using System.Runtime.InteropServices;

namespace KvOrleans.Storage.Arena;

/// <summary>
/// The memory of all blocks: native segments, reserved once, handed out as slots of 4 KiB pages. Slicing is thread-safe;
/// taking and freeing are guarded by the store's lock.
/// </summary>
internal sealed unsafe class PageArena : IDisposable
{
    public const int PageBytes = 4 << 10;
    public const int PagesPerRegion = 512;
    public const int RegionBytes = PageBytes * PagesPerRegion;

    /// <summary>A <see cref="Memory{T}"/> must be able to span a segment.</summary>
    public const int LargestSegmentBytes = 1 << 30;

    private readonly NativeHeap _heap;
    private readonly NativeSegment[] _segments;
    private readonly int _pagesPerSegment;
    private readonly PageMap _pages;
    private readonly List<Extent> _scratch = [];

    /// <param name="bytes">Whole regions.</param>
    /// <param name="segmentBytes">Whole regions, at most <see cref="LargestSegmentBytes"/>.</param>
    /// <param name="heap">Where the extents of split slots live.</param>
    public PageArena(long bytes, int segmentBytes, NativeHeap heap)
    {
        _heap = heap;
        _pagesPerSegment = segmentBytes / PageBytes;
        _pages = new((int)(bytes / RegionBytes));
        _segments = new NativeSegment[(bytes + segmentBytes - 1) / segmentBytes];
        TotalPages = bytes / PageBytes;
        try
        {
            for (var i = 0; i < _segments.Length; i++)
                _segments[i] = new((int)Math.Min(segmentBytes, bytes - ((long)i * segmentBytes)));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public long TotalPages { get; }

    public long FreePages => _pages.FreePages;

    /// <summary>Slots handed out and not freed.</summary>
    public int Slots { get; private set; }

    /// <summary>Segments not yet returned to the system.</summary>
    public int Segments => _segments.Count(segment => segment is { IsFreed: false });

    /// <summary>The pages that a block of <paramref name="length"/> bytes takes.</summary>
    public static int PagesFor(int length) => length == 0 ? 1 : (int)(((long)length + PageBytes - 1) / PageBytes);

    /// <summary>Takes <paramref name="pages"/> pages, which must be free.</summary>
    public Slot Take(int pages)
    {
        _scratch.Clear();
        _pages.Take(pages, _scratch);
        var extents = Merged(CollectionsMarshal.AsSpan(_scratch));
        Extent* others = null;
        if (extents.Length > 1)
        {
            others = (Extent*)_heap.Allocate((extents.Length - 1) * sizeof(Extent));
            extents[1..].CopyTo(new(others, extents.Length - 1));
        }

        Slots++;
        return new(pages, extents[0], others, extents.Length);
    }

    public void Free(in Slot slot)
    {
        for (var i = 0; i < slot.ExtentCount; i++)
            _pages.Return(slot[i]);
        if (slot.Others is not null)
            _heap.Free(slot.Others, (slot.ExtentCount - 1) * sizeof(Extent));
        Slots--;
    }

    /// <summary>Bytes of one extent. Allocates nothing.</summary>
    public Memory<byte> Slice(Extent extent, int offset, int length) =>
        _segments[extent.Page / _pagesPerSegment].Slice(((extent.Page % _pagesPerSegment) * PageBytes) + offset, length);

    public void Dispose()
    {
        foreach (var segment in _segments)
            segment?.Free();
    }

    /// <summary>Sorts and joins neighbours in place; an extent never crosses the border of a segment.</summary>
    private Span<Extent> Merged(Span<Extent> extents)
    {
        extents.Sort();
        var last = 0;
        for (var i = 1; i < extents.Length; i++)
        {
            var (before, next) = (extents[last], extents[i]);
            if (before.End == next.Page && next.Page % _pagesPerSegment != 0)
                extents[last] = before with { Count = before.Count + next.Count };
            else
                extents[++last] = next;
        }

        return extents[..(last + 1)];
    }
}
