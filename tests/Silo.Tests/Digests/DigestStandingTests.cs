using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Silo.Tests.Digests;

/// <summary>What a digest's map and pending handoffs say of what may be ruled out by it.</summary>
public sealed class DigestStandingTests
{
    [Fact]
    public async Task Digest_OfASiloThatIsNotSure_HasNoMap()
    {
        var gate = new ScriptedGate();
        await using var silo = await SiloUnderTest.StartAsync(services => services.AddSingleton<IWriteOnceGate>(gate));
        using var probe = silo.Connect();
        probe.Ask("SET", "kv:standing", "v");
        var digest = new DigestCopy(probe).Refresh();
        Assert.NotEqual("-", digest.Map);

        gate.MayRuleOut = false;

        Assert.Equal("-", digest.Refresh().Map);
        Assert.True(digest.MayHave("kv:standing"), "the blocks are read all the same");
        gate.MayRuleOut = true;
        Assert.NotEqual("-", digest.Refresh().Map);
    }

    [Fact]
    public async Task Digest_WhileAHandoffIsNotDone_NamesWhoHasIt()
    {
        var handoffs = new UnheardHandoffs();
        await using var silo = await SiloUnderTest.StartAsync(handoffs);
        await using var other = await SiloUnderTest.StartAsync(("PrimarySilo", $"127.0.0.1:{silo.SiloPort}"));
        await Eventually.HoldsAsync(() => silo.Map.Current.Silos.Length == 2, "both are there");
        using var probe = silo.Connect();
        var digest = new DigestCopy(probe).Refresh();

        var (map, endpoint) = (silo.Map.Current, $"127.0.0.1:{other.Port}");
        Assert.Equal($"{map.Position.Incarnation:x16} {map.Id} {map.Position.Digest:x16}", digest.Map);
        Assert.Equal([endpoint], digest.Pending);
        var key = Enumerable.Range(0, 1000).Select(i => $"kv:pending/{i}").First(key => map.Silos[Rendezvous.OwnerOf(BlockKey.From(key), map)].Life == silo.Map.Life);
        Assert.Equal($"*4\r\n:0\r\n:0\r\n:{map.Id}\r\n*1\r\n${endpoint.Length}\r\n{endpoint}\r\n", probe.Ask("KV.MATCH", "1000", key));

        handoffs.AreLost = false;

        await Eventually.HoldsAsync(() => digest.Refresh().Pending.Count == 0, "it was heard");
        Assert.Equal("*3\r\n:0\r\n:0\r\n$-1\r\n", probe.Ask("KV.MATCH", "1000", key));
    }
}
