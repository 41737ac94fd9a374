using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Grains.Membership;

/// <summary>This silo's view of the cluster.</summary>
public interface IClusterMapSource
{
    /// <summary>The current map, a function of the membership view alone.</summary>
    ClusterMap Current { get; }

    /// <summary>This run of this silo.</summary>
    SiloLife Life { get; }
}
