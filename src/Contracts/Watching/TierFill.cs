namespace KvOrleans.Contracts.Watching;

/// <summary>How full a place for blocks is.</summary>
/// <param name="Name">As <c>KV.EXPLAIN</c> names it: <c>memory</c>.</param>
/// <param name="UsedBytes">What blocks take.</param>
/// <param name="TotalBytes">What they may take.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.TierFill")]
public readonly record struct TierFill([property: Id(0)] string Name, [property: Id(1)] long UsedBytes, [property: Id(2)] long TotalBytes);
