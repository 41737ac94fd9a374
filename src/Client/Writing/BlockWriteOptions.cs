using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Writing;

/// <summary>How a block is written.</summary>
public sealed record BlockWriteOptions
{
    /// <summary>What must be true of the block: nothing, that it is absent, or that one version is there. Default: <see cref="WriteCondition.Absent"/>, the first writer wins.</summary>
    public WriteCondition Condition { get; init; } = WriteCondition.Absent;

    /// <summary>How long the content lives; null, the default: until it is evicted. 1 ms to 49 days.</summary>
    public TimeSpan? TimeToLive { get; init; }
}
