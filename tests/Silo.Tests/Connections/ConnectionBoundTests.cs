using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Connections;

/// <summary>How many connections there may be, and what each costs.</summary>
[Collection(MeasuredCollection.Name)]
public sealed class ConnectionBoundTests
{
    private const int MostBytesPerIdleConnection = 8 * 1024;

    [Fact]
    public async Task Connection_OverTheBound_IsToldAndClosedUntilOneLeaves()
    {
        await using var silo = await SiloUnderTest.StartAsync(("DataPlane:MaxConnections", "2"));
        using var first = silo.Connect();
        using var second = silo.Connect();
        Assert.Equal("+PONG\r\n", first.Ask("PING"));
        Assert.Equal("+PONG\r\n", second.Ask("PING"));

        using (var third = silo.Connect())
            Assert.Equal("-ERR max number of clients reached\r\n", third.ReadToEnd());
        Assert.Equal(1, silo.Counters.ConnectionsRefused);
        Assert.Equal("+PONG\r\n", first.Ask("PING"));

        second.Dispose();
        await Eventually.HoldsAsync(() => silo.Counters.Connections == 1, "the second has left");
        using var fourth = silo.Connect();
        Assert.Equal("+PONG\r\n", fourth.Ask("PING"));
    }

    [Fact]
    public async Task Connections_ThousandsIdle_CostAFewKibibytesEachAndOthersAreServed()
    {
        const int Count = 2500;
        await using var silo = await SiloUnderTest.StartAsync();
        using var busy = silo.Connect();
        var value = new string('v', 1 << 20);
        Assert.Equal("+OK\r\n", busy.Ask("SET", "k", value));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var idle = new List<RespProbe>();
        for (var i = 0; i < Count; i++)
        {
            idle.Add(new RespProbe(silo.Port, buffer: 256));
            Assert.Equal("+PONG\r\n", idle[^1].Ask("PING"));
        }

        Assert.Equal(Count + 1, silo.Counters.Connections);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        TestContext.Current.SendDiagnosticMessage("{0} managed bytes for each idle connection, both ends of it.", each);
        // What other tests left to the pools may be given back meanwhile, so it may be less than nothing.
        Assert.InRange(each, long.MinValue, MostBytesPerIdleConnection);
        Assert.Equal("+PONG\r\n", idle[Count / 2].Ask("PING"));
        Assert.Equal($"$1048576\r\n{value}\r\n", busy.Ask("GET", "k"));

        idle.ForEach(probe => probe.Dispose());
        await Eventually.HoldsAsync(() => silo.Counters.Connections == 1, "the idle ones have left");
    }
}
