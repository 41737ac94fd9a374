using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Heat;
using KvOrleans.Grains.Heat;

namespace KvOrleans.Grains.Tests.Heat;

public sealed class HeatDemandTests
{
    private const int Length = 1000;

    [Fact]
    public void Of_OneSilo_TakesItsShare()
    {
        var demand = HeatDemand.Of([Sample(reads: 40, all: 100_000)], Length);
        Assert.Equal((0.4, 0.4, 40, 40_000), (demand.Fast, demand.Slow, demand.Reads, demand.BytesPerSecond));
        Assert.Equal(8, demand.Wanted(8));
        Assert.Equal(11, demand.Wanted(100));
        Assert.True(demand.IsPressing(1));
        Assert.False(demand.IsPressing(8));
    }

    [Fact]
    public void Of_EightSilosThatShareIt_TakesTheSumOfTheirShares()
    {
        var demand = HeatDemand.Of([.. Enumerable.Range(0, 8).Select(_ => Sample(reads: 5, all: 40_000))], Length);
        Assert.Equal(1, demand.Slow, 1e-9);
        Assert.Equal(40, demand.Reads);
    }

    [Fact]
    public void Of_SiloThatDoesHardlyAnything_DoesNotCountAsASilosWork()
    {
        var demand = HeatDemand.Of([Sample(reads: 10, all: 100_000), Sample(reads: 1, all: 1000)], Length);
        Assert.Equal(0.11, demand.Slow, 1e-9);
    }

    [Fact]
    public void Wanted_FewReads_IsWhatTheyBuy()
    {
        Assert.Equal(1, HeatDemand.Of([Sample(reads: 3, all: 3000)], Length).Wanted(8));
        Assert.Equal(3, HeatDemand.Of([Sample(reads: 8, all: 8000)], Length).Wanted(8));
        Assert.Equal(8, HeatDemand.Of([Sample(reads: 28, all: 28_000)], Length).Wanted(8));
    }

    [Fact]
    public void Wanted_ManySmallPartsOfALargeBlock_BuyNothing()
    {
        var part = new HeatSample(new(Key, default, false, 100, 100, 100), 100, 100, default);
        Assert.Equal(1, HeatDemand.Of([part], 1 << 20).Wanted(8));
    }

    [Fact]
    public void Of_NothingReadAnywhere_TakesNothing() => Assert.Equal(1, HeatDemand.Of([Sample(reads: 0, all: 0)], Length).Wanted(8));

    [Fact]
    public void IsPressing_BothSumsSayLittleOrOneSaysMuch()
    {
        Assert.True(new HeatDemand(0.06, 0.06, 0, 0).IsPressing(1));
        Assert.False(new HeatDemand(0.09, 0.04, 0, 0).IsPressing(1));
        Assert.True(new HeatDemand(0.11, 0, 0, 0).IsPressing(1));
        Assert.False(new HeatDemand(0.11, 0.11, 0, 0).IsPressing(3));
    }

    private static BlockKey Key => BlockKey.From("kv:m/1");

    private static HeatSample Sample(double reads, double all) => new(new(Key, default, false, reads * Length, reads * Length, reads), all, all, default);
}
