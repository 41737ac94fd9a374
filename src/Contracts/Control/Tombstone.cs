using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Control;

/// <summary>What is left of a write-once block that was deleted: nothing up to its version may come back.</summary>
/// <param name="Id">The block.</param>
/// <param name="Version">The version that the delete took.</param>
/// <param name="Age">How long ago this silo learned of it.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.Tombstone")]
public readonly record struct Tombstone(
    [property: Id(0)] KeyId Id, [property: Id(1)] BlockVersion Version, [property: Id(2)] TimeSpan Age);
