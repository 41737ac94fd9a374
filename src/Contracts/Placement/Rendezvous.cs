using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Contracts.Placement;

/// <summary>Weighted rendezvous hashing: a silo's place in a key's order is a function of the key id, the silo's name and its weight.</summary>
/// <remarks>
/// Each silo draws -ln(u) / weight, with u in (0, 1) from XXH3(key id; seed XXH3(name)); the smallest draw owns the key. A silo that
/// comes or goes moves only its own share. Source: Schindelhauer and Schomaker, "Weighted distributed hash tables" (SPAA 2005).
/// </remarks>
public static class Rendezvous
{
    private const int MostOnStack = 64;

    /// <summary>The silo at rank 0 of <paramref name="key"/>, as its index in the map's silos; -1 when the map has none.</summary>
    /// <remarks>Hashes the key only when there is more than one silo to choose from.</remarks>
    public static int OwnerOf(BlockKey key, ClusterMap map) => OwnerOf(key.Span, map);

    /// <inheritdoc cref="OwnerOf(BlockKey, ClusterMap)"/>
    public static int OwnerOf(ReadOnlySpan<byte> key, ClusterMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return map.Silos.Length > 1 ? OwnerOf(KeyId.Of(key), map) : map.Silos.Length - 1;
    }

    /// <inheritdoc cref="OwnerOf(BlockKey, ClusterMap)"/>
    public static int OwnerOf(KeyId key, ClusterMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (map.Silos.Length < 2)
            return map.Silos.Length - 1;
        var owner = -1;
        var smallest = double.PositiveInfinity;
        for (var i = 0; i < map.Silos.Length; i++)
        {
            var draw = Draw(key, map.Silos[i]);
            if (draw < smallest)
                (owner, smallest) = (i, draw);
        }

        return owner;
    }

    /// <summary>
    /// All silos in the order in which they should hold <paramref name="key"/>, as indices in the map's silos: the owner, whatever the zones, then by rank,
    /// silos of a zone that has none yet before the others. Silos without a zone are all of one zone.
    /// </summary>
    /// <param name="key">The key's id.</param>
    /// <param name="map">The silos.</param>
    /// <param name="order">Room for the order; when it is shorter than the map, it gets the beginning.</param>
    /// <returns>How many indices were written.</returns>
    public static int HolderOrder(KeyId key, ClusterMap map, Span<int> order)
    {
        ArgumentNullException.ThrowIfNull(map);
        var count = map.Silos.Length;
        Span<double> draws = count <= MostOnStack ? stackalloc double[count] : new double[count];
        Span<int> ranks = count <= MostOnStack ? stackalloc int[count] : new int[count];
        for (var i = 0; i < count; i++)
            (draws[i], ranks[i]) = (Draw(key, map.Silos[i]), i);
        draws.Sort(ranks);

        var written = 0;
        for (var newZones = true; written < order.Length && written < count; newZones = false)
        {
            for (var i = 0; i < count && written < order.Length; i++)
            {
                if (ranks[i] < 0 || (newZones && HasZone(map, order[..written], map.Silos[ranks[i]].Zone)))
                    continue;
                order[written++] = ranks[i];
                ranks[i] = -1;
            }
        }

        return written;
    }

    private static bool HasZone(ClusterMap map, ReadOnlySpan<int> silos, string zone)
    {
        foreach (var silo in silos)
        {
            if (map.Silos[silo].Zone == zone)
                return true;
        }

        return false;
    }

    /// <summary>A silo's draw before its logarithm, 53 bits: the larger, the smaller the draw.</summary>
    internal static ulong HashOf(KeyId key, long seed)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(id, key.Value);
        return XxHash3.HashToUInt64(id, seed) >> 11;
    }

    /// <summary>Once for each key and silo where keys come one by one: it allocates for long names only.</summary>
    internal static long SeedOf(string name)
    {
        Span<byte> utf8 = stackalloc byte[256];
        return unchecked((long)(Encoding.UTF8.TryGetBytes(name, utf8, out var length)
            ? XxHash3.HashToUInt64(utf8[..length])
            : XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name))));
    }

    private static double Draw(KeyId key, SiloDescriptor silo)
    {
        var uniform = (HashOf(key, SeedOf(silo.Name)) + 0.5) * (1.0 / (1UL << 53));
        return -Math.Log(uniform) / silo.Weight;
    }
}
