using System.Diagnostics;
using System.Net;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Errors;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Client.Tests;

public sealed class PrefixCacheClientOptionsTests
{
    public static TheoryData<Action<PrefixCacheClientOptions>, string> Wrong => new()
    {
        { options => options.Gateways.Add(new(IPAddress.Loopback, 0)), "Gateways is 127.0.0.1:0; it accepts addresses" },
        { options => options.ClusterId = " ", "ClusterId is a blank text; it accepts" },
        { options => options.ServiceId = null!, "ServiceId is null; it accepts" },
        { options => options.Password = "", "Password is an empty text; it accepts" },
        { options => options.DefaultDeadline = TimeSpan.Zero, "DefaultDeadline is 00:00:00; it accepts 00:00:00.0010000 to 00:10:00" },
        { options => options.DefaultLease = TimeSpan.FromHours(1), "DefaultLease is 01:00:00; it accepts" },
        { options => options.MapRefresh = TimeSpan.FromMilliseconds(99), "MapRefresh is 00:00:00.0990000; it accepts" },
        { options => options.ConnectionsPerSilo = 0, "ConnectionsPerSilo is 0; it accepts 1 to 256" },
        { options => options.WaitingCallsPerSilo = -1, "WaitingCallsPerSilo is -1; it accepts 0 to 1000000" },
        { options => options.DigestBytes = -1, "DigestBytes is -1; it accepts 0 to 17179869184" },
        { options => options.NearCacheBytes = (64L << 30) + 1, "NearCacheBytes is 68719476737; it accepts 0 to 68719476736" },
        { options => options.Zone = null!, "Zone is null; it accepts at most 256 characters" },
        { options => options.Zone = new('z', 257), "Zone is 257 characters; it accepts" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Connect_OptionIsWrong_SaysWhich(Action<PrefixCacheClientOptions> configure, string message)
    {
        var options = new PrefixCacheClientOptions();
        configure(options);

        var error = Assert.Throws<ArgumentException>(() => PrefixCacheClient.Connect(options));

        Assert.StartsWith("PrefixCacheClientOptions." + message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_NobodyIsThere_ReturnsAndEndsPromptly()
    {
        var options = new PrefixCacheClientOptions();
        options.Gateways.Add(new(IPAddress.Loopback, 1));
        var watch = Stopwatch.StartNew();

        await using (var client = PrefixCacheClient.Connect(options))
        {
            Assert.Empty((await client.MatchAsync(TestClient.Chain(1))).Blocks);
            await Assert.ThrowsAsync<CacheException>(() => client.WaitUntilReadyAsync(TestClient.Short));
        }

        Assert.True(watch.Elapsed < TestClient.Soon);
    }

    [Fact]
    public async Task AddPrefixCacheClient_RegistersOneClient()
    {
        await using var services = new ServiceCollection()
            .AddPrefixCacheClient(options => options.Gateways.Add(new(IPAddress.Loopback, 1)))
            .BuildServiceProvider();

        Assert.Same(services.GetRequiredService<PrefixCacheClient>(), services.GetRequiredService<IPrefixCache>());
    }

    [Fact]
    public void AddPrefixCacheClient_OptionIsWrong_ThrowsWhenAskedFor()
    {
        using var services = new ServiceCollection().AddPrefixCacheClient(options => options.ConnectionsPerSilo = 300).BuildServiceProvider();

        Assert.Throws<ArgumentException>(() => services.GetRequiredService<IPrefixCache>());
    }
}
