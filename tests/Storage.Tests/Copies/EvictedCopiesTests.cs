using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Tests.Copies;

/// <summary>Which evicted copies are told of, and what becomes of a block that lost its copy.</summary>
public sealed class EvictedCopiesTests
{
    private const int Eighth = TestStore.Region / 8;

    [Fact]
    public void Eviction_OfCopiesThatAnotherKnowsOf_IsKeptInOrder()
    {
        using var test = new TestStore();
        var versions = Enumerable.Range(0, 8).Select(i => test.PutCopy($"copy {i}", Eighth)).ToList();
        Assert.True(test.Store.AddHolder("copy 0"u8, versions[0], 5));
        Assert.True(test.Store.AddHolder("copy 2"u8, versions[2], 63));

        MakeRoom(test, 3);

        Assert.Equal(
            [("copy 0", versions[0], 1UL << 5), ("copy 2", versions[2], 1UL << 63)],
            Take(test));
        Assert.Empty(Take(test));
    }

    [Fact]
    public void Copies_ThatGoOtherwise_AndLastCopies_AreNotKept()
    {
        using var test = new TestStore();
        var (removed, expired, last) = (test.NextVersion(), test.NextVersion(), test.Put("last", Eighth));
        Assert.True(test.TryPutCopy("removed", 1, removed));
        Assert.True(test.TryPutCopy("expired", 1, expired, timeToLive: TimeSpan.FromSeconds(1)));
        foreach (var (key, version) in new[] { ("removed", removed), ("expired", expired), ("last", last) })
            Assert.True(test.Store.AddHolder(TestStore.Key(key), version, 1));

        Assert.True(test.Store.TryRemove("removed"u8, removed));
        test.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, test.Store.SweepExpired(100));
        MakeRoom(test, 8);

        Assert.False(test.Has("last"));
        Assert.Empty(Take(test));
    }

    [Fact]
    public void Eviction_OfMoreThanAreKept_IsCounted()
    {
        using var test = new TestStore(memory: 17 * TestStore.Region, segment: 17 * TestStore.Region);
        for (var i = 0; i < EvictedCopyRing.Capacity + 100; i++)
            Assert.True(test.Store.AddHolder(TestStore.Key($"{i}"), test.PutCopy($"{i}", 1), 0));

        MakeRoom(test, 17 * 8);
        Assert.Equal(100, test.Statistics.DroppedEvictedCopies);

        var taken = new EvictedCopy[2 * EvictedCopyRing.Capacity];
        Assert.Equal(EvictedCopyRing.Capacity, test.Store.TakeEvictedCopies(taken));
        Assert.Equal("0", Encoding.UTF8.GetString(taken[0].Key.Span));
    }

    [Fact]
    public void Dispose_WithEvictedCopies_ReturnsTheirKeys()
    {
        using var test = new TestStore();
        Assert.True(test.Store.AddHolder("copy"u8, test.PutCopy("copy", 1), 0));
        MakeRoom(test, 8);
    }

    [Fact]
    public void Block_ThatLostItsOnlyCopy_EarnsOneAtItsNextUse_Once()
    {
        using var test = new TestStore();
        var version = test.Put("a", 1);
        test.Use("a");
        Assert.Equal([("a", false)], Reused(test));
        Assert.True(test.Store.AddHolder("a"u8, version, 0));
        Assert.True(test.Store.AddHolder("a"u8, version, 1));
        test.Use("a");
        Assert.True(test.Store.RemoveHolder("a"u8, version, 0));
        test.Use("a");
        Assert.Empty(Reused(test));

        Assert.True(test.Store.RemoveHolder("a"u8, version, 1));
        Assert.Empty(Reused(test));
        test.Use("a");
        test.Use("a");

        Assert.Equal([("a", true)], Reused(test));
        test.Use("a");
        Assert.Empty(Reused(test));
    }

    [Fact]
    public void RemoveHolder_WhereNoneWas_EarnsNothing()
    {
        using var test = new TestStore();
        var version = test.Put("a", 1);
        test.Use("a");
        Assert.Single(Reused(test));

        Assert.True(test.Store.RemoveHolder("a"u8, version, 0));
        test.Use("a");

        Assert.Empty(Reused(test));
    }

    [Fact]
    public void HasRoomForCopy_WithoutPushingOutOthers_TakesFreePagesOrWhatIsLeftOfTheShare()
    {
        using var test = new TestStore(configure: options => options with { CopiesShare = 0.25 });
        for (var i = 0; i < 6; i++)
            test.Put($"{i}", Eighth);
        test.PutCopy("copy", Eighth);
        Assert.True(test.Store.HasRoomForCopy(Eighth));
        test.Put("7", Eighth);
        Assert.True(test.Store.HasRoomForCopy(Eighth));
        Assert.False(test.Store.HasRoomForCopy(Eighth + 1));
        test.PutCopy("another", Eighth);
        Assert.False(test.Store.HasRoomForCopy(1));
    }

    private static void MakeRoom(TestStore test, int eighths) => test.Store.TryStage(eighths * Eighth)!.Dispose();

    private static List<(string Key, BlockVersion Version, ulong Knowers)> Take(TestStore test)
    {
        var copies = new EvictedCopy[10];
        return [.. copies.Take(test.Store.TakeEvictedCopies(copies)).Select(copy => (Encoding.UTF8.GetString(copy.Key.Span), copy.Version, copy.Knowers))];
    }

    private static List<(string Key, bool IsAgain)> Reused(TestStore test)
    {
        var blocks = new ReusedBlock[10];
        return [.. blocks.Take(test.Store.TakeReused(blocks)).Select(block => (Encoding.UTF8.GetString(block.Key.Span), block.IsAgain))];
    }
}
