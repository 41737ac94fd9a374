using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Replication;

/// <summary>Silos that have no room for a copy: the owner's write stands, and says truly who has it.</summary>
public sealed class FullTakerTests
{
    private const int Blocks = 8;
    private const string NoReplicas = "-NOREPLICAS the block is stored, and no second silo has it\r\n";

    [Fact]
    public async Task Write_WhoseCopyHasNoRoom_StandsAndIsReplicatedByWhoHasRoom()
    {
        await using var silos = await SilosUnderTest.StartAsync(
            3, ("Memory:Bytes", "8MiB"), ("DataPlane:MaxValueBytes", "2MiB"), ("Leases:MaxShare", "1"), ("Leases:MaxSharePerConnection", "1"), ("Copies:AfterReuse", "1"));
        var (owner, first, second) = (silos[0], silos[1], silos[2]);
        var leased = new[] { Fill(silos, first), Fill(silos, second) };
        using var probe = owner.Connect();
        var key = silos.KeyOf(owner, "kv:full/");

        Assert.Contains("accepted", probe.Ask("KV.SET", key, "ANY", "0", "-", "LOCAL", "value"), StringComparison.Ordinal);
        Assert.Equal(NoReplicas, probe.Ask("KV.SET", key, "ANY", "0", "-", "REPLICATED", "value"));
        Assert.Equal(NoReplicas, probe.Ask("KV.SET", silos.KeyOf(owner, "kv:full/", 1), "ANY", "0", "-", "REPLICATED", new string('w', 100_000)));
        Assert.Equal("$5\r\nvalue\r\n", probe.Ask("GET", key));
        await Eventually.HoldsAsync(() => silos.All.All(silo => silo.StagedBytes == 0), "nothing is staged");
        Assert.Equal([Blocks, Blocks], new[] { first, second }.Select(silo => silo.Store.GetStatistics().Blocks));
        Assert.All(new[] { first, second }, silo => Assert.Equal(0, silo.Store.GetStatistics().Evictions));

        // Room on one of them is enough, whether it is the next in the holder order or not.
        leased[1].Dispose();
        await Eventually.HoldsAsync(() => second.Store.GetStatistics().Leases == 0, "the leases ended with their connection");
        var replicated = Enumerable.Range(2, 6).Select(nth => silos.KeyOf(owner, "kv:full/", nth)).ToList();
        await Eventually.HoldsAsync(
            () => replicated.All(one => probe.Ask("KV.SET", one, "ANY", "0", "-", "REPLICATED", "value") is var reply && !reply.StartsWith('-')), "the one with room takes them");
        Assert.All(replicated, one => Assert.True(second.Store.TryGetInfo(System.Text.Encoding.ASCII.GetBytes(one), out _)));
        await Eventually.HoldsAsync(() => silos.All.All(silo => silo.StagedBytes == 0), "nothing is staged");
        leased[0].Dispose();
    }

    /// <summary>Fills its arena with blocks of its own and leases them for as long as the connection is open.</summary>
    private static RespProbe Fill(SilosUnderTest silos, SiloUnderTest silo)
    {
        var holder = silo.Connect();
        string[] keys = [.. Enumerable.Range(0, Blocks).Select(nth => silos.KeyOf(silo, "kv:own/", nth))];
        foreach (var key in keys)
            Assert.Equal("+OK\r\n", holder.Ask("SET", key, new string('x', 1 << 20)));
        Assert.DoesNotContain("$-1", holder.Ask(["KV.MATCH", "60000", .. keys]), StringComparison.Ordinal);
        Assert.Equal(Blocks, silo.Store.GetStatistics().Blocks);
        return holder;
    }
}
