using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Commands;

/// <summary>Leases over the wire: more time, and what is over their bounds.</summary>
public sealed class LeaseCommandTests
{
    [Fact]
    public async Task Extend_OfALease_AnswersWhatIsLeft()
    {
        await using var silo = await SiloUnderTest.StartAsync(("Leases:MaxDuration", "00:00:20"));
        using var probe = silo.Connect();
        using var other = silo.Connect();
        probe.Ask("SET", "kv:leased", "v");
        var lease = probe.Ask("KV.MATCH", "1000", "kv:leased").Split("\r\n")[1][1..];

        Assert.InRange(Left(probe.Ask("KV.EXTEND", lease, "15000")), 14_999, 15_000);
        Assert.InRange(Left(probe.Ask("KV.EXTEND", lease, "4294967295")), 19_999, 20_000);
        Assert.InRange(Left(probe.Ask("KV.EXTEND", lease, "0")), 15_001, 20_000);
        Assert.Equal(":0\r\n", other.Ask("KV.EXTEND", lease, "15000"));
        Assert.Equal(":0\r\n", probe.Ask("KV.EXTEND", "-1", "15000"));
        Assert.Equal(":1\r\n", probe.Ask("KV.RELEASE", lease));
        Assert.Equal(":0\r\n", probe.Ask("KV.EXTEND", lease, "15000"));
    }

    [Fact]
    public async Task Extend_OfALeaseThatEnded_IsZero()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        using var probe = silo.Connect();
        probe.Ask("SET", "kv:leased", "v");
        var lease = probe.Ask("KV.MATCH", "1", "kv:leased").Split("\r\n")[1][1..];

        await Eventually.HoldsAsync(() => silo.Store.GetStatistics().Leases == 0, "its time is over");

        Assert.Equal(":0\r\n", probe.Ask("KV.EXTEND", lease, "15000"));
    }

    [Fact]
    public async Task Match_OfABlockOverABoundOfLeases_DoesNotCallItAbsent()
    {
        await using var silo = await SiloUnderTest.StartAsync(("Memory:Bytes", "8MiB"), ("Leases:MaxShare", "1"), ("Leases:MaxSharePerConnection", "0.25"));
        using var probe = silo.Connect();
        using var other = silo.Connect();
        for (var i = 0; i < 3; i++)
            Assert.Equal("+OK\r\n", probe.Ask("SET", $"kv:bound/{i}", new string('v', 1 << 20)));
        var map = silo.Map.Current.Id;

        var reply = probe.Ask("KV.MATCH", "60000", "kv:bound/0", "kv:bound/1", "kv:bound/2", "kv:bound/absent").Split("\r\n");

        Assert.Equal("*6", reply[0]);
        Assert.EndsWith(" 1048576", reply[3], StringComparison.Ordinal);
        Assert.EndsWith(" 1048576", reply[4], StringComparison.Ordinal);
        Assert.Equal([$":{map}", "$-1", ""], reply[5..]);
        Assert.Equal($"*4\r\n:0\r\n:0\r\n:{map}\r\n$-1\r\n", probe.Ask("KV.MATCH", "60000", "kv:bound/2", "kv:bound/absent"));
        Assert.StartsWith("+", other.Ask("KV.MATCH", "60000", "kv:bound/2").Split("\r\n")[3], StringComparison.Ordinal);
        Assert.StartsWith("+", probe.Ask("KV.MATCH", "0", "kv:bound/2").Split("\r\n")[3], StringComparison.Ordinal);
    }

    private static long Left(string reply) => long.Parse(reply[1..]);
}
