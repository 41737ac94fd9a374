using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Registers;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Silo.Tests.Routing;

/// <summary>A silo stands still after it took a register's entry. When it goes on the key was lost and is its own again: what it holds in its hand is not the register's value any more.</summary>
public sealed class StalledReaderTests
{
    private const string Key = "register";

    [Theory]
    [InlineData("$-1\r\n", "GET", Key)]
    [InlineData("*-1\r\n", "KV.GET", Key)]
    [InlineData("*1\r\n$-1\r\n", "MGET", Key)]
    [InlineData(":0\r\n", "STRLEN", Key)]
    [InlineData(":0\r\n", "EXISTS", Key)]
    [InlineData(":-2\r\n", "TTL", Key)]
    public async Task Read_OfAKeyThatWasLostAndCameBackMeanwhile_TakesTheEntryAgain(string absent, params string[] command)
    {
        var (silo, guard) = await StartAsync();
        await using var running = silo;
        using var probe = silo.Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", Key, "old"));
        var lost = 0;
        guard.Before = () =>
        {
            if (Interlocked.Exchange(ref lost, 1) != 0)
                return false;
            silo.Store.DropRegisters(static _ => false);
            return true;
        };

        Assert.Equal(absent, probe.Ask(command));
        Assert.Equal(1, lost);
    }

    [Theory]
    [InlineData("GET", Key)]
    [InlineData("KV.GET", Key)]
    [InlineData("STRLEN", Key)]
    [InlineData("EXISTS", Key)]
    [InlineData("TTL", Key)]
    public async Task Read_OfAKeyThatIsLostAgainAndAgain_IsToBeTriedAgain(params string[] command)
    {
        var (silo, guard) = await StartAsync();
        await using var running = silo;
        using var probe = silo.Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", Key, "old"));
        guard.Before = static () => true;

        Assert.StartsWith("-TRYAGAIN", probe.Ask(command), StringComparison.Ordinal);
    }

    private static async Task<(SiloUnderTest Silo, InterruptedGuard Guard)> StartAsync()
    {
        var silo = await SiloUnderTest.StartAsync(services =>
        {
            var guard = services.Last(service => service.ServiceType == typeof(IRegisterGuard)).ImplementationFactory!;
            services.AddSingleton<IRegisterGuard>(provider => new InterruptedGuard((IRegisterGuard)guard(provider)));
        });
        return (silo, (InterruptedGuard)silo.Services.GetRequiredService<IRegisterGuard>());
    }
}
