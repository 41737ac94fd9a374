using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;

namespace KvOrleans.Grains.Membership;

/// <summary>This silo's view of the cluster.</summary>
public interface IClusterMapSource
{
    /// <summary>The current map, a function of the membership view alone.</summary>
    ClusterMap Current { get; }

    /// <summary>This run of this silo.</summary>
    SiloLife Life { get; }

    /// <summary>Whether this silo owns <paramref name="key"/> in its own current map.</summary>
    bool Owns(BlockKey key)
    {
        var current = Current;
        var owner = Rendezvous.OwnerOf(key, current);
        return owner >= 0 && current.Silos[owner].Life == Life;
    }
}
