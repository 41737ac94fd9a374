using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Index;

/// <content>What a block's place in its chain is to its eviction.</content>
internal sealed unsafe partial class BlockCatalog
{
    /// <summary>Whether a block's parent is to be looked for: it names one, and nobody uses it just now. An extra copy is there since it is hot, and goes by an order of its own.</summary>
    public static bool IsToSeekParent(in BlockRecord record) =>
        record is { State: RecordState.Indexed, Role: not BlockRole.Extra, Leases: 0, Pins: 0 } && record.Has(RecordMarks.Child);

    /// <summary>A block's parent was looked for. Missed twice, without a use in between, makes it an orphan: whoever writes a chain tail first is given a while to come to its head.</summary>
    public void ParentSought(int number, bool isThere)
    {
        ref var record = ref _records[number];
        if (isThere)
        {
            if (record.Has(RecordMarks.Orphan))
                _policy.Touched(number);
            Adopt(number);
        }
        else if (!record.Has(RecordMarks.ParentMissed))
        {
            record.Set(RecordMarks.ParentMissed, true);
        }
        else if (!record.Has(RecordMarks.Orphan))
        {
            record.Set(RecordMarks.Orphan, true);
            Orphans++;
            _policy.Demoted(number);
        }
    }

    /// <summary>It counts as a block whose parent is there, until that is looked for again.</summary>
    private void Adopt(int number)
    {
        ref var record = ref _records[number];
        if (!record.Has(RecordMarks.ParentMissed | RecordMarks.Orphan))
            return;
        if (record.Has(RecordMarks.Orphan))
            Orphans--;
        record.Set(RecordMarks.ParentMissed | RecordMarks.Orphan, false);
    }

    /// <summary>Whether another silo owns it now, and is known to hold it.</summary>
    private static bool IsMoved(in BlockRecord record) => record.Holders != 0 && record.Has(RecordMarks.HandedOver);
}
