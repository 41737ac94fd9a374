namespace KvOrleans.Storage.Tests.Expiry;

public sealed class ExpiryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void TryOpen_AtTheEndOfItsTime_IsAbsentAndGivesThePagesBack()
    {
        using var test = new TestStore();
        var version = test.Put("a", 100, timeToLive: Second);
        test.Time.Advance(Second - TimeSpan.FromTicks(1));
        test.AssertReads("a", version);
        test.Time.Advance(TimeSpan.FromTicks(1));
        Assert.False(test.Store.TryOpen(TestStore.Key("a"), out _));
        Assert.Equal(TestStore.Region, test.Statistics.FreeBytes);
        Assert.Equal(1, test.Statistics.Expirations);
    }

    [Fact]
    public void TryPublish_ExpiredBlock_CountsAsAbsent()
    {
        using var test = new TestStore();
        var old = test.Put("a", 100, timeToLive: Second);
        test.Time.Advance(Second);
        using var staged = test.TryStage(1, 10)!;
        Assert.False(test.Store.TryPublish(TestStore.Key("a"), old, staged, test.NextVersion(), null));
        Assert.True(test.Store.TryPublish(TestStore.Key("a"), null, staged, test.NextVersion(), null));
    }

    [Fact]
    public void TrySetTimeToLive_ChangesTakesAwayAndRemoves()
    {
        using var test = new TestStore();
        var version = test.Put("a", 100, timeToLive: Second);
        Assert.False(test.Store.TrySetTimeToLive(TestStore.Key("a"), test.NextVersion(), TimeSpan.FromDays(1)));
        Assert.True(test.Store.TrySetTimeToLive(TestStore.Key("a"), version, 3 * Second));
        test.Time.Advance(2 * Second);
        test.AssertReads("a", version);
        Assert.True(test.Store.TrySetTimeToLive(TestStore.Key("a"), version, null));
        Assert.Equal(0, test.Statistics.MortalBlocks);
        test.Time.Advance(TimeSpan.FromDays(10_000));
        test.AssertReads("a", version);
        Assert.True(test.Store.TrySetTimeToLive(TestStore.Key("a"), version, TimeSpan.MaxValue));
        test.AssertReads("a", version);
        Assert.True(test.Store.TrySetTimeToLive(TestStore.Key("a"), version, -Second));
        Assert.False(test.Has("a"));
    }

    [Fact]
    public void SweepExpired_InBoundedSteps_FindsAll()
    {
        using var test = new TestStore(memory: 4 * TestStore.Region);
        for (var i = 0; i < 2000; i++)
            test.Put($"{i}", 1, timeToLive: i % 2 == 0 ? Second : null);
        test.Time.Advance(Second);

        Assert.Equal(5, test.Store.SweepExpired(10));
        Assert.Equal(1995, test.Statistics.Blocks);
        Assert.Equal(995, test.Store.SweepExpired(int.MaxValue));
        Assert.Equal(1000, test.Statistics.Blocks);
        Assert.Equal(0, test.Store.SweepExpired(int.MaxValue));
        Assert.Equal(0, test.Store.SweepExpired(0));
    }

    [Fact]
    public void SweepExpired_BlockBeingRead_ItsBytesStay()
    {
        using var test = new TestStore();
        test.Put("a", 9000, timeToLive: Second);
        Assert.True(test.Store.TryOpen(TestStore.Key("a"), out var block));
        Assert.Equal(Second, block.TimeToLive);
        test.Time.Advance(Second);
        Assert.Equal(1, test.Store.SweepExpired(100));
        TestStore.AssertContent(block);
        block.Dispose();
        Assert.Equal(TestStore.Region, test.Statistics.FreeBytes);
    }
}
