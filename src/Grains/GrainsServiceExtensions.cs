using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Blocks;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Placement;
using KvOrleans.Grains.Replication;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace KvOrleans.Grains;

/// <summary>Adds what the grains need, beside the <see cref="Storage.BlockStore"/> that the host owns.</summary>
public static class GrainsServiceExtensions
{
    /// <summary>Adds the cluster map, the version source and the bound on grains awake.</summary>
    public static IServiceCollection AddBlockGrains(this IServiceCollection services, int maxAwake, KeyKinds kinds)
    {
        services.AddPlacementDirector<OwnerPlacement, OwnerPlacementDirector>();
        return services
            .AddSingleton<IClusterMapSource, MembershipClusterMap>()
            .AddGrainService<SiloPeerService>()
            .AddSingleton<ISiloPeers, SiloPeers>()
            .AddSingleton<NoReplication>()
            .AddSingleton<IOfferTaker>(provider => provider.GetRequiredService<NoReplication>())
            .AddSingleton<IHandoffBook>(provider => provider.GetRequiredService<NoReplication>())
            .AddSingleton<IBurials>(provider => provider.GetRequiredService<NoReplication>())
            .AddSingleton<VersionSource>()
            .AddSingleton(new AwakeGrains(maxAwake))
            .AddSingleton(kinds);
    }
}
