using KvOrleans.Client.Connections;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;

namespace KvOrleans.Client.Routing;

/// <summary>A cluster map with a link to each of its silos. Immutable; replaced as a whole.</summary>
/// <param name="Map">The map.</param>
/// <param name="Links">The links, in the map's order.</param>
internal sealed record ClusterView(ClusterMap Map, SiloLink[] Links)
{
    /// <summary>The link to the owner of <paramref name="key"/>; null when there is no silo.</summary>
    public SiloLink? OwnerOf(BlockKey key) => Rendezvous.OwnerOf(key, Map) is var owner and >= 0 ? Links[owner] : null;
}
