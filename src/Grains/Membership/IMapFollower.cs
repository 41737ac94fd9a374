using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Grains.Membership;

/// <summary>Is told of every map that this silo installs.</summary>
public interface IMapFollower
{
    /// <summary>
    /// <paramref name="current"/> is installed: it is the current map, and what it took from this silo's registers is gone. Called one at a time and in order; the next
    /// map waits for it, so it is quick and does not block.
    /// </summary>
    void MapInstalled(ClusterMap previous, ClusterMap current);
}
