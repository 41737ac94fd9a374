using KvOrleans.Storage;

namespace KvOrleans.Grains.Replication;

/// <summary>Gathers it from those who do it.</summary>
internal sealed class ReplicationStatusSource(
    BlockStore store, Offers offers, HandoffBook handoffs, TombstoneCatchUp catchUp, Drainer drainer, ReplicationCounters counters)
    : IReplicationStatusSource
{
    public ReplicationStatus Current
    {
        get
        {
            var sums = store.GetStatistics();
            var (blocks, bytes) = offers.Pending;
            return new()
            {
                CopyBlocks = sums.CopyBlocks,
                CopyBytes = sums.CopyBytes,
                CopiesMade = counters.CopiesMade,
                CopiesMadeBytes = counters.CopyBytes,
                TakenBytes = counters.TakenBytes,
                RepairPendingBlocks = blocks,
                RepairPendingBytes = bytes,
                RepairBytesTotal = counters.RepairBytes,
                OffersUnderWay = counters.OffersUnderWay,
                HandoffPending = handoffs.Pending.Length,
                Orphans = sums.Orphans,
                ParentRounds = counters.ParentRounds,
                Drain = drainer.State,
                MayServe = catchUp.MayServe,
                Tombstones = sums.Tombstones,
            };
        }
    }
}
