using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>Changes a host's services when all of them are there.</summary>
internal sealed class ReplacingFactory(Action<IServiceCollection> replace) : IServiceProviderFactory<IServiceCollection>
{
    public IServiceCollection CreateBuilder(IServiceCollection services) => services;

    public IServiceProvider CreateServiceProvider(IServiceCollection containerBuilder)
    {
        replace(containerBuilder);
        return containerBuilder.BuildServiceProvider();
    }
}
