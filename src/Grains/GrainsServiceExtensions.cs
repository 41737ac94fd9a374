using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Blocks;
using KvOrleans.Grains.Heat;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Placement;
using KvOrleans.Grains.Registers;
using KvOrleans.Grains.Replication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;
using Orleans.Runtime;

namespace KvOrleans.Grains;

/// <summary>Adds what the grains need, beside the <see cref="Storage.BlockStore"/> that the host owns and the <see cref="IBlockPuller"/> that it adds.</summary>
public static class GrainsServiceExtensions
{
    /// <summary>Adds the cluster map and who reads it, the guard of the registers, what silos ask of each other, replication, the version source and the bound on grains awake.</summary>
    public static IServiceCollection AddBlockGrains(this IServiceCollection services, int maxAwake, KeyKinds kinds, ReplicationSettings? replication = null)
    {
        services.AddPlacementDirector<OwnerPlacement, OwnerPlacementDirector>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ITableSource, OneTable>();
        return services
            .AddSingleton(new FenceClock())
            .AddSingleton<ClusterView>()
            .AddSingleton<IClusterMapSource>(provider => provider.GetRequiredService<ClusterView>())
            .AddSingleton<MapWaiters>()
            .AddSingleton<MembershipLoops>()
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<MembershipLoops>())
            .AddSingleton<LifeEnd>()
            .AddSingleton(provider => new RegisterGuard(
                provider.GetRequiredService<IClusterMapSource>().Life, provider.GetRequiredService<LifeEnd>(), provider.GetRequiredService<FenceClock>()))
            .AddSingleton<IRegisterGuard>(provider => provider.GetRequiredService<RegisterGuard>())
            .AddSingleton<ClusterMetrics>()
            .AddGrainService<SiloPeerService>()
            .AddSingleton<ISiloPeers, SiloPeers>()
            .AddReplication(replication ?? new())
            .AddHeat()
            .AddSingleton<VersionSource>()
            .AddSingleton(new AwakeGrains(maxAwake))
            .AddSingleton(kinds);
    }
}
