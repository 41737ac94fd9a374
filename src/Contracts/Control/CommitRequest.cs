using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Control;

/// <summary>Asks a block's grain to accept bytes that are staged on its silo.</summary>
/// <param name="Key">The block.</param>
/// <param name="Ticket">Names the staged bytes in that silo's staging area.</param>
/// <param name="Condition">What must be true of the block.</param>
/// <param name="TimeToLive">How long the content lives from now, or null for ever.</param>
/// <param name="KeepTimeToLive">Keep the time to live of what is replaced; then <paramref name="TimeToLive"/> is ignored.</param>
/// <param name="MapId">The cluster map by which the caller chose this silo.</param>
/// <param name="Concern">When the write may be acknowledged.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.CommitRequest")]
public readonly record struct CommitRequest(
    [property: Id(0)] BlockKey Key,
    [property: Id(1)] long Ticket,
    [property: Id(2)] WriteCondition Condition,
    [property: Id(3)] TimeSpan? TimeToLive,
    [property: Id(4)] bool KeepTimeToLive,
    [property: Id(5)] long MapId,
    [property: Id(6)] WriteConcern Concern = WriteConcern.Local);
