using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Memory;

/// <summary>An arena in which everything is leased takes no more, loses nothing, and takes again when the leases end.</summary>
public sealed class FullArenaTests
{
    private const string OutOfSpace = "-OOM out of space: everything in memory is leased, being read or being written; nothing was changed\r\n";
    private const int Blocks = 8;

    [Fact]
    public async Task Write_IntoAnArenaThatIsLeased_IsRefusedUntilTheConnectionThatLeasedIsGone()
    {
        await using var silo = await SiloUnderTest.StartAsync(
            ("Memory:Bytes", "8MiB"), ("DataPlane:MaxValueBytes", "8MiB"), ("Leases:MaxShare", "1"), ("Leases:MaxSharePerConnection", "1"));
        using var writer = silo.Connect();
        var holder = silo.Connect();
        string[] keys = [.. Enumerable.Range(0, Blocks).Select(i => $"kv:m/{i}")];
        foreach (var key in keys)
            Assert.Equal("+OK\r\n", writer.Ask("SET", key, Value(key)));
        Assert.DoesNotContain("$-1", holder.Ask(["KV.MATCH", "60000", .. keys]), StringComparison.Ordinal);

        Assert.Equal(OutOfSpace, writer.Ask("SET", "more", "x"));
        Assert.Equal(OutOfSpace, writer.Ask("SET", "more", new string('x', 2 << 20)));
        Assert.Equal(OutOfSpace, writer.Ask("KV.SET", "more", "ANY", "0", "-", new string('x', 2 << 20)));
        Assert.Equal("$-1\r\n", writer.Ask("GET", "more"));
        foreach (var key in keys)
            Assert.Equal($"$1048576\r\n{Value(key)}\r\n", writer.Ask("GET", key));
        Assert.Equal(0, silo.StagedBytes);
        Assert.Equal(0, silo.Store.GetStatistics().Evictions);

        holder.Dispose();
        await Eventually.HoldsAsync(() => silo.Store.GetStatistics().Leases == 0, "the leases ended with their connection");
        Assert.Equal("+OK\r\n", writer.Ask("SET", "more", new string('x', 2 << 20)));
        Assert.Equal(":0\r\n", writer.Ask("EXISTS", keys[7]));
        Assert.Equal(":1\r\n", writer.Ask("EXISTS", keys[0]));
    }

    [Fact]
    public async Task Write_LargerThanTheArena_IsRefusedAndNothingIsLost()
    {
        await using var silo = await SiloUnderTest.StartAsync(("Memory:Bytes", "4MiB"));
        using var probe = silo.Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", "k", "v"));

        Assert.Equal(OutOfSpace, probe.Ask("SET", "large", new string('x', 5 << 20)));

        Assert.Equal("$1\r\nv\r\n", probe.Ask("GET", "k"));
    }

    [Fact]
    public async Task Release_OfTheTail_MakesRoomForAWrite()
    {
        await using var silo = await SiloUnderTest.StartAsync(
            ("Memory:Bytes", "8MiB"), ("Leases:MaxShare", "1"), ("Leases:MaxSharePerConnection", "1"));
        using var probe = silo.Connect();
        string[] keys = [.. Enumerable.Range(0, Blocks).Select(i => $"kv:m/{i}")];
        foreach (var key in keys)
            Assert.Equal("+OK\r\n", probe.Ask("SET", key, Value(key)));
        var lease = probe.Ask(["KV.MATCH", "60000", .. keys]).Split("\r\n")[1][1..];
        Assert.Equal(OutOfSpace, probe.Ask("SET", "more", Value("more")));

        Assert.Equal(":2\r\n", probe.Ask("KV.RELEASE", lease, "6"));

        Assert.Equal("+OK\r\n", probe.Ask("SET", "more", Value("more")));
        Assert.Equal(":1\r\n", probe.Ask("EXISTS", keys[0]));
        Assert.Equal(":0\r\n", probe.Ask("EXISTS", keys[7]));
    }

    private static string Value(string key) => key.PadRight(1 << 20, key[^1]);
}
