using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>Changes a host's services when all that it is made of has been added.</summary>
internal sealed class LastWord(Action<IServiceCollection> change) : IServiceProviderFactory<IServiceCollection>
{
    public IServiceCollection CreateBuilder(IServiceCollection services) => services;

    public IServiceProvider CreateServiceProvider(IServiceCollection containerBuilder)
    {
        change(containerBuilder);
        return containerBuilder.BuildServiceProvider();
    }
}
