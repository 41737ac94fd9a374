using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.BadInput;

/// <summary>A connection that keeps the silo waiting in the middle of something is closed; one between commands is not.</summary>
[Collection(MeasuredCollection.Name)]
public sealed class StallTests : IAsyncLifetime
{
    private SiloUnderTest? _silo;

    private SiloUnderTest Silo => _silo!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _silo = await SiloUnderTest.StartAsync(("DataPlane:StallTimeout", "00:00:01"));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _silo?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Connections_ThatStall_AreClosedAndFreedWhileOthersAreServed()
    {
        using var idle = Silo.Connect();
        using var halfCommand = Silo.Connect();
        using var halfLine = Silo.Connect();
        using var halfValue = Silo.Connect();
        using var lateEnd = Silo.Connect();
        Assert.Equal("+PONG\r\n", idle.Ask("PING"));

        halfCommand.Send("*2\r\n$3\r\nGET\r\n$5\r\nab");
        halfLine.Send("PIN");
        halfValue.Send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5000000\r\n" + new string('x', 1000));
        lateEnd.Send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$20000\r\n" + new string('x', 20_000));
        await Silo.SomethingIsStagedAsync();

        Assert.All([halfCommand, halfLine, halfValue, lateEnd], probe => Assert.Equal("", probe.ReadToEnd()));
        await Silo.NothingIsStagedAsync();
        await Eventually.HoldsAsync(() => Silo.Counters is { Connections: 1, ConnectionsStalled: 4 }, "the stalled connections are gone");
        Assert.Equal("+PONG\r\n", idle.Ask("PING"));
        Assert.Equal("$-1\r\n", idle.Ask("GET", "k"));
    }

    [Fact]
    public async Task Client_ThatPipelinesAndNeverReads_IsClosedWithBoundedMemory()
    {
        using var idle = Silo.Connect();
        Assert.Equal("+OK\r\n", idle.Ask("SET", "big", new string('v', 1 << 20)));
        Assert.Equal("+OK\r\n", idle.Ask("SET", "small", new string('v', 16_000)));
        var before = GC.GetTotalAllocatedBytes(true);
        using var greedy = new RespProbe(Silo.Port, receiveBuffer: 4096);
        using var alsoGreedy = new RespProbe(Silo.Port, receiveBuffer: 4096);
        for (var i = 0; i < 100; i++)
            greedy.Send(RespProbe.Frame("GET", "big"));
        for (var i = 0; i < 2000; i++)
            alsoGreedy.Send(RespProbe.Frame("GET", "small"));

        await Eventually.HoldsAsync(() => Silo.Counters is { ConnectionsAccepted: 3, Connections: 1, ConnectionsStalled: 2 } && Silo.Store.GetStatistics().PinnedBlocks == 0, "nothing is held for them");
        Assert.InRange(GC.GetTotalAllocatedBytes(true) - before, 0, 8 << 20);
        Assert.Equal("+PONG\r\n", idle.Ask("PING"));
    }
}
