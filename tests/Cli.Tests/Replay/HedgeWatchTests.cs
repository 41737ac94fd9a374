using System.Diagnostics.Metrics;
using KvOrleans.Cli.Replay;

namespace KvOrleans.Cli.Tests.Replay;

/// <summary>What is said of hedges is what the clients count.</summary>
public sealed class HedgeWatchTests
{
    [Fact]
    public void Bytes_OfAnyClient_AreCountedWhileItWatches()
    {
        using var meter = new Meter("KvOrleans.Client");
        var hedged = meter.CreateCounter<long>("kvorleans.client.hedged.bytes");
        var read = meter.CreateCounter<long>("kvorleans.client.read.bytes");
        using var other = new Meter("KvOrleans.Client");
        hedged.Add(1);
        using var watch = new HedgeWatch();
        hedged.Add(10);
        read.Add(100);
        other.CreateCounter<long>("kvorleans.client.hedged.bytes").Add(1000);

        Assert.Equal(1010, watch.Bytes);
    }
}
