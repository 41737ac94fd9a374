using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Grains.Heat;

/// <summary>Adds what spreads hot blocks.</summary>
internal static class HeatServiceExtensions
{
    /// <summary>Adds it, beside replication.</summary>
    public static IServiceCollection AddHeat(this IServiceCollection services) => services
        .AddSingleton<HeatCounters>()
        .AddSingleton<HotCopier>()
        .AddSingleton<HeatBook>()
        .AddSingleton<IHeatBook>(provider => provider.GetRequiredService<HeatBook>())
        .AddSingleton<HotLists>()
        .AddHostedService<HeatReporter>();
}
