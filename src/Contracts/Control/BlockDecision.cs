using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Control;

/// <summary>What a block's grain decided.</summary>
/// <param name="Outcome">The decision.</param>
/// <param name="Version">The version that is there after it; <c>default</c> when nothing is, or when it is not known.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.BlockDecision")]
public readonly record struct BlockDecision([property: Id(0)] DecisionOutcome Outcome, [property: Id(1)] BlockVersion Version);
