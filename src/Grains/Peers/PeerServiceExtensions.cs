using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace KvOrleans.Grains.Peers;

/// <summary>Adds what asks other silos over their data planes.</summary>
public static class PeerServiceExtensions
{
    /// <summary>Adds links, requests and the puller of blocks.</summary>
    public static IServiceCollection AddPeers(this IServiceCollection services, Func<IServiceProvider, PeerOptions> options)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(options)
            .AddSingleton<PeerCounters>()
            .AddSingleton<PeerLinks>()
            .AddSingleton<PeerRequests>()
            .AddSingleton<PeerAccess>()
            .AddSingleton<IBlockPuller, BlockPuller>();
    }
}
