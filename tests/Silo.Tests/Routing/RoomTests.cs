using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Routing;

/// <summary>A block of another silo for which there is no room when it comes.</summary>
public sealed class RoomTests
{
    private const int Bytes = 5_000_000;

    [Theory]
    [InlineData("GET")]
    [InlineData("KV.GET")]
    public async Task Block_ThatFindsNoRoom_WaitsAMomentForIt(string command)
    {
        // A quarter of it for what is on its way in.
        await using var silos = await SilosUnderTest.StartAsync(2, ("Copies:AfterReuse", "1"));
        var (key, own) = (silos.KeyOf(silos[1], "kv:room/"), silos.KeyOf(silos[0], "kv:room/"));
        using var probe = silos[0].Connect();
        using var writer = silos[0].Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", key, new string('v', Bytes)));
        var write = RespProbe.Frame("SET", own, new string('w', 12_000_000));
        writer.Send(write.AsSpan(0, write.Length - 1));
        await Eventually.HoldsAsync(() => silos[0].StagedBytes >= 12_000_000, "the room is taken");
        var asked = silos[1].Counters.Hits;

        var reading = Task.Run(() => probe.Ask(command, key), TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => silos[1].Counters.Hits > asked, "the owner sends it");
        writer.Send(write.AsSpan(write.Length - 1));

        Assert.Contains($"${Bytes}\r\nvvv", await reading, StringComparison.Ordinal);
        Assert.Equal("+OK\r\n", writer.ReadReply());
        await silos[0].NothingIsStagedAsync();
    }

    [Fact]
    public async Task Block_ForWhichThereIsNoRoom_IsAMissSoon()
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        var (key, own) = (silos.KeyOf(silos[1], "kv:room/"), silos.KeyOf(silos[0], "kv:room/"));
        using var probe = silos[0].Connect();
        using var writer = silos[0].Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", key, new string('v', Bytes)));
        var write = RespProbe.Frame("SET", own, new string('w', 12_000_000));
        writer.Send(write.AsSpan(0, write.Length - 1));
        await Eventually.HoldsAsync(() => silos[0].StagedBytes >= 12_000_000, "the room is taken");

        Assert.Equal("$-1\r\n", probe.Ask("GET", key));
    }
}
