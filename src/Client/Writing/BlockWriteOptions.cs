using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Writing;

/// <summary>How a block is written.</summary>
public sealed record BlockWriteOptions
{
    /// <summary>What must be true of the block: nothing, that it is absent, or that one version is there. Default: <see cref="WriteCondition.Absent"/>, the first writer wins.</summary>
    public WriteCondition Condition { get; init; } = WriteCondition.Absent;

    /// <summary>
    /// When the write counts: when its owner has the block, the default, or when another silo has it too. For write-once blocks, as all of this
    /// library's are; another key has one holder, and a silo refuses to replicate it.
    /// </summary>
    public WriteConcern Concern { get; init; } = WriteConcern.Local;

    /// <summary>How long the content lives; null, the default: until it is evicted. 1 ms to 49 days.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>
    /// The block that comes before this one in its chain; of many that are written together, before the first. Default: none. When it is gone from the cluster, the block is evicted before others. For write-once
    /// blocks; a silo refuses it for another key.
    /// </summary>
    public BlockKey Parent { get; init; }
}
