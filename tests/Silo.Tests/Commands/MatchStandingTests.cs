using KvOrleans.Grains.Membership;
using KvOrleans.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Silo.Tests.Commands;

/// <summary>What a silo that is not sure says to a match: nothing that could be taken for "not there".</summary>
public sealed class MatchStandingTests
{
    private readonly ScriptedGate _gate = new();

    [Fact]
    public async Task Match_AtASiloThatMayNotServe_IsToBeTriedAgain()
    {
        await using var silo = await StartAsync();
        using var probe = silo.Connect();
        probe.Ask("SET", "kv:standing", "v");
        probe.Ask("SET", "register", "v");
        _gate.MayServe = _gate.MayRuleOut = false;

        Assert.StartsWith("-TRYAGAIN ", probe.Ask("KV.MATCH", "1000", "kv:standing", "kv:none"), StringComparison.Ordinal);
        Assert.StartsWith("-TRYAGAIN ", probe.Ask("KV.MATCH", "1000", "kv:none"), StringComparison.Ordinal);
        Assert.StartsWith("-TRYAGAIN ", probe.Ask("KV.MATCH", "1000", "register"), StringComparison.Ordinal);
        Assert.Equal(0, silo.Store.GetStatistics().Leases);
        Assert.Equal("*-1\r\n", probe.Ask("KV.GET", "kv:standing"));

        _gate.MayServe = _gate.MayRuleOut = true;
        Assert.StartsWith("*4\r\n:1\r\n", probe.Ask("KV.MATCH", "1000", "kv:standing", "kv:none"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Match_WhenTheSiloMayNotServeAnyMore_LeasesNothing()
    {
        await using var silo = await StartAsync();
        using var probe = silo.Connect();
        probe.Ask("SET", "kv:standing", "v");
        _gate.ServesOnce = true;

        Assert.StartsWith("-TRYAGAIN ", probe.Ask("KV.MATCH", "1000", "kv:standing"), StringComparison.Ordinal);

        Assert.Equal(0, silo.Store.GetStatistics().Leases);
    }

    [Fact]
    public async Task Match_WhileTheMapMayBeOld_CallsNothingAbsent()
    {
        await using var silo = await StartAsync();
        using var probe = silo.Connect();
        probe.Ask("SET", "kv:standing", "v");
        var map = silo.Map.Current.Id;
        _gate.MayRuleOut = false;

        var reply = probe.Ask("KV.MATCH", "1000", "kv:standing", "kv:none", "none").Split("\r\n");

        Assert.Equal(["*5", ":1", ":1000"], reply[..3]);
        Assert.EndsWith(" 1", reply[3], StringComparison.Ordinal);
        Assert.Equal([$":{map}", $":{map}", ""], reply[4..]);
    }

    private Task<SiloUnderTest> StartAsync() => SiloUnderTest.StartAsync(services => services.AddSingleton<IWriteOnceGate>(_gate));
}
