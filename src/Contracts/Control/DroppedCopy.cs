using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Control;

/// <summary>A copy that a silo evicted.</summary>
/// <param name="Key">The block.</param>
/// <param name="Version">The content that it held.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.DroppedCopy")]
public readonly record struct DroppedCopy([property: Id(0)] BlockKey Key, [property: Id(1)] BlockVersion Version);
