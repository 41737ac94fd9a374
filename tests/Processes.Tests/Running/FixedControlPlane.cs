using KvOrleans.Client.Control;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;

namespace KvOrleans.Processes.Tests.Running;

/// <summary>Hands out one map, so that many clients need no Orleans client each.</summary>
internal sealed class FixedControlPlane(ClusterMap map) : IControlPlane
{
    public Task<ClusterMap> GetMapAsync(CancellationToken cancellationToken) => Task.FromResult(map);

    public async Task<ClusterMap> WaitForMapAsync(MapPosition known, CancellationToken cancellationToken) =>
        await new TaskCompletionSource<ClusterMap>().Task.WaitAsync(cancellationToken);

    public Task<BlockInfo?> InspectAsync(BlockKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<BlockDecision> DeleteAsync(BlockKey key, WriteCondition condition, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
