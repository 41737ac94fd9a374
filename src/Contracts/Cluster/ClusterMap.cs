using System.Collections.Immutable;

namespace KvOrleans.Contracts.Cluster;

/// <summary>The live silos, sorted by name; the only input to placement.</summary>
/// <param name="Id">The membership version this is a function of; a larger one of the same incarnation is newer.</param>
/// <param name="Silos">The live silos, in ordinal order of their names.</param>
/// <param name="Incarnation">Tells the membership table from one that was lost before it: the time of its creation, in seconds, in the upper half, a random number in the lower.</param>
/// <param name="Digest">Of all rows' lives and statuses, of those not in the map too.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.ClusterMap")]
public sealed record ClusterMap(
    [property: Id(0)] long Id, [property: Id(1)] ImmutableArray<SiloDescriptor> Silos, [property: Id(2)] ulong Incarnation = 0,
    [property: Id(3)] ulong Digest = 0)
{
    private const int VersionBits = 24;

    /// <summary>Which map this is.</summary>
    public MapPosition Position => new(Incarnation, Id, Digest);

    /// <summary>The epoch of versions that are given out under this map: it grows with the table, and a later table's are larger.</summary>
    public long Epoch => ((long)(Incarnation >> 32) << VersionBits) + Id;

    /// <summary>The silo of this life, as its index in <see cref="Silos"/>; -1 when it is not in the map.</summary>
    public int IndexOf(Blocks.SiloLife life)
    {
        for (var i = 0; i < Silos.Length; i++)
        {
            if (Silos[i].Life == life)
                return i;
        }

        return -1;
    }
}
