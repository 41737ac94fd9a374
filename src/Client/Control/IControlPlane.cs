using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;

namespace KvOrleans.Client.Control;

/// <summary>The calls that go to grains. Each ends when its token is cancelled, whatever the cluster does.</summary>
internal interface IControlPlane : IAsyncDisposable
{
    /// <summary>The cluster map, fresh from a silo.</summary>
    Task<ClusterMap> GetMapAsync(CancellationToken cancellationToken);

    /// <summary>The map of the silo that is asked, as soon as it is another than <paramref name="known"/>; after some seconds whatever it is.</summary>
    Task<ClusterMap> WaitForMapAsync(MapPosition known, CancellationToken cancellationToken);

    /// <summary>What the index holds of a block.</summary>
    Task<BlockInfo?> InspectAsync(BlockKey key, CancellationToken cancellationToken);

    /// <summary>Decides a delete.</summary>
    Task<BlockDecision> DeleteAsync(BlockKey key, WriteCondition condition, CancellationToken cancellationToken);
}
