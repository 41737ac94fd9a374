using System.Collections.Immutable;

namespace KvOrleans.Contracts.Heat;

/// <summary>The hot blocks that a silo owns. Advice: a holder may have let go of its copy meanwhile.</summary>
/// <param name="Number">Another one whenever blocks, versions or holders change, not when heat does; begins at random with each life.</param>
/// <param name="Blocks">The blocks, the hottest first.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.HotList")]
public sealed record HotList([property: Id(0)] long Number, [property: Id(1)] ImmutableArray<HotBlock> Blocks)
{
    /// <summary>The most blocks of a list.</summary>
    public const int MostBlocks = 1024;

    /// <summary>A list without blocks.</summary>
    public static HotList None { get; } = new(0, []);
}
