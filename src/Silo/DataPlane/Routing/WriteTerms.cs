using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>What a write asks for beside its bytes.</summary>
internal readonly record struct WriteTerms(
    WriteCondition Condition, TimeSpan? TimeToLive, bool KeepTimeToLive, WriteConcern Concern = WriteConcern.Local, BlockKey Parent = default);
