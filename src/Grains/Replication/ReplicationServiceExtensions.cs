using KvOrleans.Grains.Chains;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Grains.Replication;

/// <summary>Adds what copies, hands over, drains and buries.</summary>
internal static class ReplicationServiceExtensions
{
    /// <summary>Adds replication, beside an <see cref="IBlockPuller"/> that the host adds.</summary>
    public static IServiceCollection AddReplication(this IServiceCollection services, ReplicationSettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IFormerLife, NoFormerLife>();
        services
            .AddSingleton(settings)
            .AddSingleton<ReplicationCounters>()
            .AddSingleton<HolderBits>()
            .AddSingleton(provider => new ByteBudget(settings.RepairBytesPerSecond, provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(provider => new OfferServices(
                provider.GetRequiredService<BlockStore>(),
                provider.GetRequiredService<IClusterMapSource>(),
                provider.GetRequiredService<ISiloPeers>(),
                provider.GetRequiredService<HolderBits>(),
                provider.GetRequiredService<ByteBudget>(),
                provider.GetRequiredService<ReplicationCounters>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<OfferSender>>()))
            .AddSingleton<Offers>()
            .AddSingleton<CopyMaker>()
            .AddSingleton<SweepServices>()
            .AddSingleton<HandoffBook>()
            .AddSingleton<DecisionGate>()
            .AddSingleton<TombstoneCatchUp>()
            .AddSingleton<BlockBurials>()
            .AddSingleton<ParentWitness>()
            .AddSingleton<FormerOwners>()
            .AddSingleton<IMapFollower>(provider => provider.GetRequiredService<FormerOwners>())
            .AddSingleton<Drainer>()
            .AddSingleton<IHandoffs>(provider => provider.GetRequiredService<HandoffBook>())
            .AddSingleton<IHandoffBook>(provider => provider.GetRequiredService<HandoffBook>())
            .AddSingleton<IWriteOnceGate>(provider => provider.GetRequiredService<TombstoneCatchUp>())
            .AddSingleton<IBurials>(provider => provider.GetRequiredService<BlockBurials>())
            .AddSingleton<IDrainer>(provider => provider.GetRequiredService<Drainer>())
            .AddSingleton<IOfferTaker, OfferTaker>()
            .AddSingleton<IReplicationStatusSource, ReplicationStatusSource>()
            .AddSingleton<ReplicationProgress>();
        return services
            .AddHostedService(provider => provider.GetRequiredService<TombstoneCatchUp>())
            .AddHostedService<Sweeper>()
            .AddHostedService<ReuseCopies>()
            .AddHostedService<DroppedCopies>()
            .AddHostedService<OrphanFinder>();
    }
}
