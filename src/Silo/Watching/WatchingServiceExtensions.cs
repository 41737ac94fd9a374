using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Watching;

namespace KvOrleans.Silo.Watching;

/// <summary>Adds what tells of this silo, and what draws the cluster.</summary>
internal static class WatchingServiceExtensions
{
    /// <summary>Adds it.</summary>
    /// <param name="services">The life's services.</param>
    /// <param name="events">The process's events; null: the life has its own.</param>
    public static IServiceCollection AddWatching(this IServiceCollection services, EventBook? events) => services
        .AddSingleton(provider => events ?? new(provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<SampleRing>()
        .AddSingleton<IMapFollower, MapEvents>()
        .AddSingleton<KeyExplainer>()
        .AddSingleton<ISiloView, SiloView>()
        .AddSingleton<ClusterExplainer>()
        .AddSingleton<ClusterWatch>()
        .AddHostedService<SiloWatch>()
        .AddHostedService(provider => provider.GetRequiredService<ClusterWatch>());
}
