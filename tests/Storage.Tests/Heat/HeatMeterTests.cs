using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Heat;

namespace KvOrleans.Storage.Tests.Heat;

public sealed class HeatMeterTests
{
    private readonly List<BlockHeat> _hottest = [];

    [Fact]
    public void FindHottest_BlockAboveTheShare_IsToldWithWhatWasReadOfIt()
    {
        using var test = new TestStore();
        var version = test.Put("hot", 3000);
        test.Put("cold", 1000);
        for (var i = 0; i < 9; i++)
            Read(test, "hot", 3000);
        Read(test, "cold", 1000);
        test.Store.Heat.Measure();

        test.Store.Heat.FindHottest(0.5, 2, _hottest);
        var hot = Assert.Single(_hottest);
        Assert.Equal("hot", Encoding.UTF8.GetString(hot.Key.Span));
        Assert.Equal((version, 3000), (hot.Info.Version, hot.Info.Length));
        Assert.Equal(new(27_000, 27_000, 9), hot.Sums);
        Assert.Equal(28_000, test.Store.Heat.All.SlowBytes);
        test.Store.Heat.FindHottest(0.01, 2, _hottest);
        Assert.Single(_hottest);
        test.Store.Heat.FindHottest(0.01, 1, _hottest);
        Assert.Equal(2, _hottest.Count);
        Assert.Equal(1, test.Store.Heat.Of(TestStore.Key("cold")).Reads);
        Assert.Equal(default, test.Store.Heat.Of(TestStore.Key("none")));
    }

    [Fact]
    public void Measure_Later_DecaysWithBothTimes()
    {
        using var test = new TestStore();
        test.Put("a", 1000);
        Read(test, "a", 1000);
        test.Store.Heat.Measure();
        test.Time.Advance(HeatMeter.Slow);
        test.Store.Heat.Measure();
        var sums = test.Store.Heat.Of(TestStore.Key("a"));
        Assert.Equal(1000 / Math.E, sums.SlowBytes, 1e-6);
        Assert.Equal(1000 / Math.Exp(6), sums.FastBytes, 1e-6);
        Assert.Equal(sums.SlowBytes, test.Store.Heat.All.SlowBytes, 1e-6);
    }

    [Fact]
    public void FindHottest_ContentThatWentOrWasReplaced_IsNotTold()
    {
        using var test = new TestStore();
        var gone = test.Put("gone", 100);
        var before = test.Put("register", 100, kind: BlockKind.Overwritable);
        var replaced = test.Put("replaced", 100);
        foreach (var key in new[] { "gone", "register", "replaced" })
            Read(test, key, 100);
        Assert.True(test.Store.TryRemove(TestStore.Key("gone"), gone));
        test.Put("replaced", 100, replaced);
        test.Store.Heat.Measure();
        test.Store.Heat.FindHottest(0.01, 1, _hottest);
        Assert.Empty(_hottest);
        Assert.Equal(default, test.Store.Heat.Of(TestStore.Key("replaced")));
        Assert.NotEqual(default, before);
    }

    [Fact]
    public void CountRead_OfAPart_CountsItsBytes()
    {
        using var test = new TestStore();
        test.Put("a", 4000);
        Read(test, "a", 10);
        test.Store.Heat.Measure();
        Assert.Equal((10, 1), (test.Store.Heat.All.FastBytes, test.Store.Heat.Of(TestStore.Key("a")).Reads));
    }

    [Fact]
    public void NoteNearRead_OfABlockThatIsHere_CountsAsRead()
    {
        using var test = new TestStore();
        test.Put("a", 4000);
        test.Store.NoteNearRead(TestStore.Key("a"), 8000);
        test.Store.NoteNearRead(TestStore.Key("none"), 8000);
        test.Store.Heat.Measure();
        Assert.Equal((8000, 1), (test.Store.Heat.All.FastBytes, test.Store.Heat.Of(TestStore.Key("a")).Reads));
    }

    [Fact]
    public void CountRead_AfterDispose_CountsNothing()
    {
        using var test = new TestStore();
        test.Put("a", 4000);
        Assert.True(test.Store.TryOpen(TestStore.Key("a"), out var block));
        block.Dispose();
        block.CountRead(4000);
        test.Store.Heat.Measure();
        Assert.Equal(default, test.Store.Heat.All);
    }

    [Fact]
    public void Measure_AfterTheStoreWasDisposed_DoesNoHarm()
    {
        var test = new TestStore();
        test.Put("a", 4000);
        Read(test, "a", 10);
        test.Dispose();
        test.Store.Heat.Measure();
        Assert.Equal(0, test.Store.Heat.All.FastBytes);
    }

    private static void Read(TestStore test, string key, long bytes)
    {
        Assert.True(test.Store.TryOpen(TestStore.Key(key), out var block));
        block.CountRead(bytes);
        block.Dispose();
    }
}
