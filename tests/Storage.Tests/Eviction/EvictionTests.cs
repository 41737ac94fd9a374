namespace KvOrleans.Storage.Tests.Eviction;

/// <summary>Four quarters of a region fill the arena.</summary>
public sealed class EvictionTests
{
    private const int Quarter = TestStore.Region / 4;

    private static readonly string[] Chain = ["a", "b", "c", "d"];

    [Fact]
    public void TryStage_Full_EvictsTheLeastRecentlyUsed()
    {
        using var test = Filled();
        test.AssertReads("a", Version(test, "a"));
        test.Store.Touch(TestStore.Key("b"));
        Assert.Equal(["c", "d", "a", "b"], EvictionOrder(test));
    }

    [Fact]
    public void TryStage_AfterALookup_TheTailGoesFirst()
    {
        using var test = Filled();
        Assert.Equal(4, test.Match(1, TimeSpan.Zero, Chain).Found);
        Assert.Equal(["d", "c", "b", "a"], EvictionOrder(test));
    }

    [Fact]
    public void TryStage_AfterALease_TheTailGoesFirst()
    {
        using var test = Filled(leasable: 1);
        var grant = test.Match(1, TimeSpan.FromSeconds(1), Chain);
        Assert.Equal(4, test.Store.Release(1, grant.LeaseId));
        Assert.Equal(["d", "c", "b", "a"], EvictionOrder(test));
    }

    [Fact]
    public void TryStage_InfoOnly_IsNoUse()
    {
        using var test = Filled();
        Assert.True(test.Has("a"));
        Assert.Equal(["a", "b", "c", "d"], EvictionOrder(test));
    }

    [Fact]
    public void TryStage_ReadersAndLeases_ArePassedBy()
    {
        using var test = Filled();
        Assert.True(test.Store.TryOpen(TestStore.Key("a"), out var block));
        test.Store.Touch(TestStore.Key("b"));
        test.Store.Touch(TestStore.Key("c"));
        test.Store.Touch(TestStore.Key("d"));
        var grant = test.Match(1, TimeSpan.FromSeconds(1), "b");

        using (var staged = test.TryStage(1, 2 * Quarter))
            Assert.NotNull(staged);
        Assert.Equal([true, true, false, false], Chain.Select(test.Has));
        TestStore.AssertContent(block);

        block.Dispose();
        test.Store.Release(1, grant.LeaseId);
        using (var staged = test.TryStage(1, 3 * Quarter))
            Assert.NotNull(staged);
        Assert.Equal([false, true, false, false], Chain.Select(test.Has));
    }

    [Fact]
    public void TryStage_NotEnoughCouldBeEvicted_EvictsNothing()
    {
        using var test = Filled();
        Assert.Null(test.Store.TryStage(TestStore.Region + 1));
        test.Match(1, TimeSpan.FromSeconds(1), "a");
        Assert.Null(test.Store.TryStage((3 * Quarter) + 1));
        Assert.Equal([true, true, true, true], Chain.Select(test.Has));
        Assert.Equal(0, test.Statistics.Evictions);
    }

    [Fact]
    public void TryStage_BeyondTheStagedShare_EvictsNothing()
    {
        using var test = new TestStore(configure: options => options with { MaxStagedShare = 0.5 });
        foreach (var key in Chain)
            test.Put(key, Quarter);

        // Alone it may be larger than the share; beside another the share holds.
        test.TryStage(1, 3 * Quarter)!.Dispose();
        Assert.Equal([false, false, false, true], Chain.Select(test.Has));
        foreach (var key in Chain)
            test.Put(key, Quarter);
        using var first = test.TryStage(1, Quarter);
        var evictions = test.Statistics.Evictions;
        Assert.Null(test.Store.TryStage(Quarter + 1));
        Assert.Equal(evictions, test.Statistics.Evictions);
        using var second = test.TryStage(2, Quarter);
        Assert.NotNull(second);
        Assert.Null(test.Store.TryStage(1));
    }

    [Fact]
    public void TryStage_AllIsStagedReadOrLeased_OutOfSpaceAndNothingLost()
    {
        using var test = Filled();
        var version = Version(test, "c");
        Assert.True(test.Store.TryOpen(TestStore.Key("a"), out var block));
        test.Match(1, TimeSpan.FromSeconds(1), "b", "c");
        var staged = test.TryStage(5, Quarter)!;
        Assert.Null(test.Store.TryStage(0));

        Assert.True(test.Store.TryRemove(TestStore.Key("a"), block.Version));
        Assert.Null(test.Store.TryStage(0));
        TestStore.AssertContent(block);
        Assert.True(staged.Slot.Pages > 0 && staged.IsComplete);
        test.AssertReads("c", version);

        block.Dispose();
        using (var room = test.Store.TryStage(Quarter))
            Assert.NotNull(room);
        staged.Dispose();
        Assert.Equal([false, true, true, false], Chain.Select(test.Has));
    }

    [Fact]
    public void TryStage_ManyBlocksMustGo_EvictsInSlicesNoMoreThanNeeded()
    {
        using var test = new TestStore();
        for (var i = 0; i < 512; i++)
            test.Put($"{i}", 1);
        using var staged = test.TryStage(1, 300 * TestStore.Page);
        Assert.NotNull(staged);
        Assert.Equal(300, test.Statistics.Evictions);
        Assert.False(test.Has("299"));
        Assert.True(test.Has("300"));
    }

    private static TestStore Filled(double leasable = 0.5)
    {
        var test = new TestStore(configure: options => options with { MaxLeasedShare = leasable, MaxLeasedSharePerOwner = leasable });
        foreach (var key in Chain)
            test.Put(key, Quarter);
        return test;
    }

    private static Contracts.Blocks.BlockVersion Version(TestStore test, string key)
    {
        Assert.True(test.Store.TryGetInfo(TestStore.Key(key), out var info));
        return info.Version;
    }

    private static List<string> EvictionOrder(TestStore test)
    {
        var order = new List<string>();
        while (order.Count < Chain.Length)
        {
            test.Put($"filler {order.Count}", Quarter);
            order.Add(Assert.Single(Chain.Except(order), key => !test.Has(key)));
        }

        return order;
    }
}
