using KvOrleans.Probes.Clusters;

namespace KvOrleans.Grains.Tests.Blocks;

/// <summary>A cluster of one silo, shared by tests with keys of their own.</summary>
public sealed class OneSilo : IAsyncLifetime
{
    private BlockCluster? _cluster;

    internal BlockCluster Cluster => _cluster!;

    internal BlockSilo Silo => _cluster!.Silo;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _cluster = await BlockCluster.StartAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;
}
