using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Routing;

/// <summary>What a silo has sent to readers, which tells how evenly silos serve.</summary>
public sealed class SentBytesTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(3_000_000)]
    public async Task SentBytes_Reads_CountOnEverySiloThatSendsAndPullsDoNot(int bytes)
    {
        await using var silos = await SilosUnderTest.StartAsync(2, ("Copies:AfterReuse", "1"), ("Copies:Maximum", "1"));
        var key = silos.KeyOf(silos[0], "kv:sent/");
        using var owner = silos[0].Connect();
        using var other = silos[1].Connect();
        using var peer = silos[0].Connect();
        Assert.Equal("+OK\r\n", owner.Ask("SET", key, new string('v', bytes)));
        Assert.Equal((0, 0), (SentBy(owner), SentBy(other)));

        owner.Ask("GET", key);
        Assert.Equal((bytes, 0), (SentBy(owner), SentBy(other)));
        other.Ask("GET", key);
        Assert.Equal((2 * bytes, bytes), (SentBy(owner), SentBy(other)));
        other.Ask("MGET", key, "none");
        Assert.Equal((3 * bytes, 2 * bytes), (SentBy(owner), SentBy(other)));
        var version = owner.Ask("KV.GET", key).Split("\r\n")[1][1..];
        Assert.Contains("\r\n$2\r\nvv\r\n", owner.Ask("KV.GET", key, "VERSION", version, "RANGE", "1", "2"));
        Assert.Equal((4 * bytes) + 2, SentBy(owner));

        Assert.StartsWith("-ERR invalid range", owner.Ask("KV.GET", key, "VERSION", version, "RANGE", "1", $"{bytes}"));
        owner.Ask("GET", "kv:sent/none");
        owner.Ask("EXISTS", key);
        Assert.Equal("+OK\r\n", peer.Ask("KV.PEER", "silo-1"));
        Assert.StartsWith("*4", peer.Ask("KV.PULL", key));
        Assert.Equal(((4 * bytes) + 2, 2 * bytes), (SentBy(owner), SentBy(other)));
    }

    private static long SentBy(RespProbe silo) =>
        long.Parse(silo.Ask("INFO", "KvOrleans").Split("\r\n").Single(line => line.StartsWith("sent_bytes:", StringComparison.Ordinal))["sent_bytes:".Length..]);
}
