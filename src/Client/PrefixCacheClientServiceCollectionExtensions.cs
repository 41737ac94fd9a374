using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KvOrleans.Client;

/// <summary>Registers the client with a container.</summary>
public static class PrefixCacheClientServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="PrefixCacheClient"/> and <see cref="IPrefixCache"/>, one and the same for the whole container. It is made, and begins
    /// to connect, when it is first asked for; wrong settings throw then.
    /// </summary>
    public static IServiceCollection AddPrefixCacheClient(this IServiceCollection services, Action<PrefixCacheClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<PrefixCacheClientOptions>();
        if (configure is not null)
            options.Configure(configure);
        services.TryAddSingleton(static provider => PrefixCacheClient.Connect(
            provider.GetRequiredService<IOptions<PrefixCacheClientOptions>>().Value, provider.GetService<ILoggerFactory>()));
        services.TryAddSingleton<IPrefixCache>(static provider => provider.GetRequiredService<PrefixCacheClient>());
        return services;
    }
}
