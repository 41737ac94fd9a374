using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Control;

/// <summary>A block of an offer.</summary>
/// <param name="Key">The block.</param>
/// <param name="Version">The content that the source holds.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Checksum">Its checksum.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.OfferedBlock")]
public readonly record struct OfferedBlock(
    [property: Id(0)] BlockKey Key, [property: Id(1)] BlockVersion Version, [property: Id(2)] int Length, [property: Id(3)] BlockChecksum Checksum);
