using System.Net;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Replication;
using KvOrleans.Storage;
using KvOrleans.Storage.Eviction;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace KvOrleans.Probes.Clusters;

/// <summary>Silos in this process with the grains and their stores, and no data plane.</summary>
internal sealed class BlockCluster : IAsyncDisposable
{
    private const int FirstPort = 7001;

    private readonly InProcessTestCluster _cluster;

    private BlockCluster(InProcessTestCluster cluster) => _cluster = cluster;

    /// <summary>A client outside of the silos.</summary>
    public IGrainFactory Client => _cluster.Client;

    public IReadOnlyList<BlockSilo> Silos => [.. _cluster.Silos.Select(silo => new BlockSilo(silo))];

    public BlockSilo Silo => Silos[0];

    public static async Task<BlockCluster> StartAsync(
        short silos = 1, int maxAwake = 4096, TimeProvider? time = null, ReplicationSettings? replication = null,
        Action<IServiceCollection>? configure = null)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        var port = FirstPort;
        var stores = new ClusterStores();
        builder.ConfigureSilo((options, silo) =>
        {
            var identity = new SiloIdentity(options.SiloName, "a|zone %", 1, new(IPAddress.Loopback, Interlocked.Increment(ref port)));
            silo.Services
                .AddSingleton(provider => stores.Add(
                    provider.GetRequiredService<ILocalSiloDetails>(),
                    new(new() { MemoryBytes = 64 << 20, MaxStagedShare = 1 }, new LruEvictionPolicy(), time ?? TimeProvider.System)))
                .AddSingleton<IBlockPuller>(new StorePuller(stores))
                .AddBlockGrains(maxAwake, KeyKinds.Default, replication)
                .PostConfigure<SiloOptions>(self => self.SiloName = identity.Encode());
            configure?.Invoke(silo.Services);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        var started = new BlockCluster(cluster);
        await started.SettledAsync();
        return started;
    }

    /// <summary>Waits until every silo may act on the registers that it owns in a map of all of them.</summary>
    public Task SettledAsync() => Eventually.HoldsAsync(
        () => Silos is var silos && silos.All(silo => silo.Guard.IsSettled && silo.Map.Current.Silos.Length == silos.Count), "the map is settled everywhere");

    /// <summary>One silo more, as soon as all have it in their maps.</summary>
    public async Task<BlockSilo> JoinAsync()
    {
        var handle = await _cluster.StartAdditionalSiloAsync();
        var silo = new BlockSilo(handle);
        await SettledAsync();
        return silo;
    }

    /// <summary>Ends a silo without a word to the others.</summary>
    public Task KillAsync(BlockSilo silo) => _cluster.KillSiloAsync(silo.Handle);

    public Task StopAsync(BlockSilo silo) => _cluster.StopSiloAsync(silo.Handle);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
