using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Control;

/// <summary>Blocks that a silo holds and another should.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Source">The life that holds them.</param>
/// <param name="Blocks">1 to <see cref="MostBlocks"/> of them, the hottest first.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.BlockOffer")]
public sealed record BlockOffer(
    [property: Id(0)] OfferReason Reason, [property: Id(1)] SiloLife Source, [property: Id(2)] ImmutableArray<OfferedBlock> Blocks)
{
    /// <summary>The most blocks of one offer.</summary>
    public const int MostBlocks = 64;
}
