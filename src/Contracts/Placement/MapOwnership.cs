using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Contracts.Placement;

/// <summary>Whose a key is in a map, as <see cref="Rendezvous"/> says. Hashes it only when there is more than one silo to choose from.</summary>
public static class MapOwnership
{
    /// <summary>The silo at rank 0 of <paramref name="key"/>; null when the map has none.</summary>
    public static SiloDescriptor? OwnerOf(this ClusterMap map, BlockKey key) => At(map, Rendezvous.OwnerOf(key, map));

    /// <inheritdoc cref="OwnerOf(ClusterMap, BlockKey)"/>
    public static SiloDescriptor? OwnerOf(this ClusterMap map, KeyId key) => At(map, Rendezvous.OwnerOf(key, map));

    /// <summary>Whether that life of a silo owns <paramref name="key"/>; nobody does in a map without silos.</summary>
    public static bool Owns(this ClusterMap map, SiloLife life, BlockKey key) => map.Owns(life, key.Span);

    /// <inheritdoc cref="Owns(ClusterMap, SiloLife, BlockKey)"/>
    public static bool Owns(this ClusterMap map, SiloLife life, ReadOnlySpan<byte> key) => At(map, Rendezvous.OwnerOf(key, map))?.Life == life;

    private static SiloDescriptor? At(ClusterMap map, int index) => index < 0 ? null : map.Silos[index];
}
