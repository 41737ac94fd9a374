using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Heat;

/// <summary>A block that is hot, and that more than one silo holds.</summary>
/// <param name="Key">The block.</param>
/// <param name="Version">The content that its owner holds.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="BytesPerSecond">What is read of it, on all silos.</param>
/// <param name="Holders">Who holds it, as far as its owner knows; the owner first.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.HotBlock")]
public sealed record HotBlock(
    [property: Id(0)] BlockKey Key, [property: Id(1)] BlockVersion Version, [property: Id(2)] int Length, [property: Id(3)] long BytesPerSecond,
    [property: Id(4)] ImmutableArray<SiloLife> Holders);
