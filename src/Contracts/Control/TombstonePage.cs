using System.Collections.Immutable;

namespace KvOrleans.Contracts.Control;

/// <summary>A part of the tombstones that a silo keeps.</summary>
/// <param name="Tombstones">They, at most <see cref="MostTombstones"/>.</param>
/// <param name="Next">The cursor of the next page; 0 when this is the last.</param>
/// <param name="CompleteSince">How far back this silo's tombstones are complete.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.TombstonePage")]
public sealed record TombstonePage(
    [property: Id(0)] ImmutableArray<Tombstone> Tombstones, [property: Id(1)] long Next, [property: Id(2)] TimeSpan CompleteSince)
{
    /// <summary>The most tombstones of one page.</summary>
    public const int MostTombstones = 4096;
}
