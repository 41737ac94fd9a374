using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>The keys that a life owns in a map.</summary>
internal readonly struct OwnedKeys(ClusterMap map, SiloLife life)
{
    /// <summary>The map's id.</summary>
    public long MapId => map.Id;

    /// <summary>Whether the key of that id is one.</summary>
    public bool Contains(KeyId key) => IsMine(Rendezvous.OwnerOf(key, map));

    /// <summary>Whether <paramref name="key"/> is one; what cannot be a key is everybody's. Hashes only when there are several silos.</summary>
    public bool Contains(ReadOnlySpan<byte> key) => !BlockKey.IsValidLength(key.Length) || IsMine(Rendezvous.OwnerOf(key, map));

    private bool IsMine(int owner) => owner >= 0 && map.Silos[owner].Life == life;
}
