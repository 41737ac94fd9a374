using System.Text;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Replication;

/// <summary>A delete of a write-once block, sent to any silo, is acknowledged when none serves it any more.</summary>
public sealed class InvalidationTests
{
    private const int Rounds = 6;

    [Fact]
    public async Task Delete_ThroughAnySilo_IsObeyedByAll()
    {
        await using var silos = await SilosUnderTest.StartAsync(3);
        var probes = silos.All.Select(silo => silo.Connect()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var owner in silos.All)
            {
                var key = silos.KeyOf(owner, "kv:dead/", round);
                Assert.Contains("accepted", probes[(round + 1) % 3].Ask("KV.SET", key, "ANY", "0", "-", "REPLICATED", "value"), StringComparison.Ordinal);
                Assert.All(probes, probe => Assert.Equal("$5\r\nvalue\r\n", probe.Ask("GET", key)));
                Assert.True(Holders(key) >= 2);

                Assert.Equal(":1\r\n", probes[round % 3].Ask(round % 2 == 0 ? ["DEL", key] : ["EXPIRE", key, "0"]));

                Assert.Equal(0, Holders(key));
                Assert.All(probes, probe => AssertAbsent(probe, key));

                // What comes next under its key is another content, everywhere.
                Assert.Contains("accepted", probes[round % 3].Ask("KV.SET", key, "ABSENT", "0", "-", "REPLICATED", "other"), StringComparison.Ordinal);
                Assert.All(probes, probe => Assert.Equal("$5\r\nother\r\n", probe.Ask("GET", key)));
            }
        }

        Assert.All(silos.All, silo => Assert.Equal(0, silo.StagedBytes));
        foreach (var probe in probes)
            probe.Dispose();

        int Holders(string key) => silos.All.Count(silo => silo.Store.TryGetInfo(Encoding.ASCII.GetBytes(key), out _));
    }

    private static void AssertAbsent(RespProbe probe, string key)
    {
        Assert.Equal("$-1\r\n", probe.Ask("GET", key));
        Assert.Equal("*-1\r\n", probe.Ask("KV.GET", key));
        Assert.Equal(":0\r\n", probe.Ask("EXISTS", key));
        Assert.StartsWith("*3\r\n:0\r\n", probe.Ask("KV.MATCH", "1000", key), StringComparison.Ordinal);
    }
}
