using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Expiry;

namespace KvOrleans.Storage.Index;

/// <content>The sums that every transition keeps exact.</content>
internal sealed unsafe partial class BlockCatalog
{
    private readonly HashSet<int> _extras = [];

    public long PayloadBytes { get; private set; }

    public long EvictablePages { get; private set; }

    /// <summary>Of <see cref="EvictablePages"/>, those of copies.</summary>
    public long EvictableCopyPages { get; private set; }

    /// <summary>Of <see cref="EvictablePages"/>, those of extra copies, idle or not.</summary>
    public long EvictableExtraPages { get; private set; }

    public int CopyBlocks { get; private set; }

    public long CopyPages { get; private set; }

    public long ExtraPages { get; private set; }

    /// <summary>The numbers of extra copies' records.</summary>
    public IReadOnlyCollection<int> ExtraRecords => _extras;

    public int Registers { get; private set; }

    public long LeasedPages { get; private set; }

    /// <summary>Pages of blocks that left the index while someone reads them.</summary>
    public long RetiredPages { get; private set; }

    public int PinnedBlocks { get; private set; }

    /// <summary>Blocks that name a parent.</summary>
    public int Children { get; private set; }

    /// <summary>Those of them whose parent is gone from the cluster.</summary>
    public int Orphans { get; private set; }

    /// <summary>Blocks with a time to live.</summary>
    public int MortalBlocks { get; private set; }

    private void CountEvictable(in BlockRecord record, int pages)
    {
        EvictablePages += pages;
        if (record.Role == BlockRole.Copy)
            EvictableCopyPages += pages;
        else if (record.Role == BlockRole.Extra)
            EvictableExtraPages += pages;
    }

    /// <summary>A record that comes (1) or goes (-1), in the sums that only concern some.</summary>
    private void CountKinds(int number, in BlockRecord record, int change)
    {
        if (record.ExpiresAt != MonotonicClock.Never)
            MortalBlocks += change;
        if (record.IsRegister)
            Registers += change;
        if (record.Has(RecordMarks.Child))
            Children += change;
        if (record.Has(RecordMarks.Orphan))
            Orphans += change;
        if (record.Role == BlockRole.Copy)
        {
            CopyBlocks += change;
            CopyPages += change * record.Slot.Pages;
        }
        else if (record.Role == BlockRole.Extra)
        {
            ExtraPages += change * record.Slot.Pages;
            _ = change > 0 ? _extras.Add(number) : _extras.Remove(number);
        }
    }
}
