using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;

namespace KvOrleans.Grains.Replication;

/// <summary>Drops write-once blocks that were deleted, and keeps their tombstones. Thread-safe.</summary>
internal interface IBurials
{
    /// <summary>Drops a block and keeps a tombstone of it.</summary>
    void Bury(BlockKey key, BlockVersion version);

    /// <summary>A page of the tombstones that are no older than <paramref name="age"/>.</summary>
    TombstonePage Page(TimeSpan age, long cursor);
}
