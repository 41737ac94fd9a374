using KvOrleans.Grains.Replication;

namespace KvOrleans.Silo.Draining;

/// <summary>Adds the drain before the host stops.</summary>
internal static class DrainServiceExtensions
{
    /// <summary>What stopping takes when the drain is over: connections are let go, Orleans leaves the cluster.</summary>
    private static readonly TimeSpan Stopping = TimeSpan.FromSeconds(15);

    public static IServiceCollection AddDrain(this IServiceCollection services, TimeSpan grace) => services
        .Configure<HostOptions>(host => host.ShutdownTimeout = grace + Stopping)
        .AddSingleton<DrainControl>()
        .AddHostedService(provider => ActivatorUtilities.CreateInstance<DrainOnStop>(provider, grace));
}
