using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Contracts.Heat;

/// <summary>What a silo has read lately of blocks that another owns.</summary>
/// <param name="Source">The life that read and holds them.</param>
/// <param name="Map">The map by which the asked silo owns them.</param>
/// <param name="FastBytes">What the source read of all its blocks, by the faster sum.</param>
/// <param name="SlowBytes">The same by the slower sum.</param>
/// <param name="Blocks">The blocks, up to <see cref="MostBlocks"/>.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.HeatReport")]
public sealed record HeatReport(
    [property: Id(0)] SiloLife Source, [property: Id(1)] MapPosition Map, [property: Id(2)] double FastBytes, [property: Id(3)] double SlowBytes,
    [property: Id(4)] ImmutableArray<BlockReading> Blocks)
{
    /// <summary>The most blocks of one report.</summary>
    public const int MostBlocks = 1024;
}
