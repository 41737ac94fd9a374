using KvOrleans.Storage.Leases;

namespace KvOrleans.Storage.Tests.Leases;

public sealed class LeaseTests
{
    private const int Tenth = 51 * TestStore.Page;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Match_ChainWithHoles_AnswersEachKey()
    {
        using var test = new TestStore();
        var a = test.Put("a", 10);
        var c = test.Put("c", 30);
        var grant = test.Match(1, Second, out var results, "a", "b", "c", "a");
        Assert.Equal([new(true, a, 10), default, new(true, c, 30), new(true, a, 10)], results);
        Assert.Equal(3, grant.Found);
        Assert.NotEqual(0, grant.LeaseId);
        Assert.Equal(Second, grant.Granted);
        Assert.Equal(2 * TestStore.Page, test.Statistics.LeasedBytes);
        Assert.Equal(3, test.Store.Release(1, grant.LeaseId));
        Assert.Equal(0, test.Statistics.LeasedBytes);
    }

    [Fact]
    public void Match_ManyKeysFewPresent_TakesMemoryForThePresentOnes()
    {
        using var test = new TestStore();
        test.Put("first", 10);
        test.Put("last", 10);
        string[] keys = ["first", .. Enumerable.Range(0, 100_000).Select(i => $"absent {i}"), "last"];
        var before = test.Statistics.NativeBytesOutsideArena;
        var grant = test.Match(1, Second, keys);
        Assert.InRange(test.Statistics.NativeBytesOutsideArena - before, 1, 1024);
        Assert.Equal(1, test.Store.Release(1, grant.LeaseId, from: 1));
        Assert.Equal(1, test.Store.Release(1, grant.LeaseId));
    }

    [Fact]
    public void Match_NothingFound_LeasesNothing()
    {
        using var test = new TestStore();
        Assert.Equal(default, test.Match(1, Second, "a", "b"));
        Assert.Equal(default, test.Match(1, Second));
        Assert.Equal(0, test.Statistics.Leases);
    }

    [Fact]
    public void Match_NoDuration_OnlyLooksUp()
    {
        using var test = new TestStore();
        test.Put("a", 10);
        Assert.Equal(new LeaseGrant(0, TimeSpan.Zero, 1), test.Match(1, TimeSpan.Zero, "a", "b"));
        Assert.Equal(0, test.Statistics.LeasedBytes);
    }

    [Fact]
    public void Match_LongerThanAllowed_IsShortened()
    {
        using var test = new TestStore(configure: options => options with { MaxLease = 5 * Second });
        test.Put("a", 10);
        Assert.Equal(5 * Second, test.Match(1, TimeSpan.MaxValue, "a").Granted);
        test.Time.Advance(5 * Second);
        Assert.Equal(0, test.Statistics.Leases);
    }

    [Fact]
    public void Match_OverAllOwnersShare_RestIsWithheld()
    {
        using var test = Tenths();
        Assert.Equal(3, test.Match(1, Second, "0", "1", "2").Found);
        var grant = test.Match(2, Second, out var results, "3", "4", "5");
        Assert.Equal([true, true, false], results.Select(result => result.Found));
        Assert.True(results[2].IsWithheld && !results[2].IsAbsent, "it is here, and nobody may say that it is not");
        Assert.Equal(2, grant.Found);
        Assert.Equal(3, test.Match(3, Second, "0", "1", "2").Found);
        Assert.Equal(0, test.Match(4, Second, "6").Found);

        test.Store.ReleaseAll(2);
        Assert.Equal(1, test.Match(4, Second, "6").Found);
    }

    [Fact]
    public void Match_OverTheOwnersShare_RestIsWithheld()
    {
        using var test = Tenths();
        Assert.Equal(3, test.Match(1, Second, out var results, "0", "1", "2", "3", "absent").Found);
        Assert.Equal([false, false, false, true, false], results.Select(result => result.IsWithheld));
        Assert.Equal([false, false, false, false, true], results.Select(result => result.IsAbsent));
        Assert.Equal(1, test.Match(2, Second, "3").Found);
        Assert.Equal(0, test.Match(1, Second, out results, "3", "absent").Found);
        Assert.Equal([true, false], results.Select(result => result.IsWithheld));
        Assert.Equal(2, test.Statistics.Leases);
    }

    [Fact]
    public void Match_RefusedForTheOwnersShare_CountsWhenItIsLeasedLater()
    {
        using var test = Tenths();
        var grant = test.Match(1, Second, "0", "1", "2", "3", "4");
        Assert.Equal(3, grant.Found);
        Assert.Equal(3, test.Store.Release(1, grant.LeaseId));

        Assert.Equal(3, test.Match(1, Second, "3", "4", "5", "6").Found);
    }

    [Fact]
    public void Release_OneOfTwoLeasesOnABlock_LeavesItCounted()
    {
        using var test = Tenths();
        var first = test.Match(1, Second, "0", "1", "2");
        Assert.Equal(3, test.Match(1, Second, "0", "1", "2").Found);
        test.Store.Release(1, first.LeaseId);
        Assert.Equal(0, test.Match(1, Second, "3").Found);

        test.Store.ReleaseAll(1);
        Assert.Equal(1, test.Match(1, Second, "3").Found);
        Assert.Equal(Tenth, test.Statistics.LeasedBytes);
    }

    [Fact]
    public void Match_ExpiredKeysManyTimes_AreAbsentAndOthersAreNot()
    {
        using var test = new TestStore();
        string[] names = [.. Enumerable.Range(0, 200).Select(i => $"{i}")];
        for (var i = 0; i < names.Length; i++)
            test.Put(names[i], 1, timeToLive: i % 2 == 0 ? Second : null);
        test.Time.Advance(Second);

        test.Match(1, Second, out var results, [.. names, .. names]);

        Assert.Equal(Enumerable.Range(0, 2 * names.Length).Select(i => i % 2 != 0), results.Select(result => result.Found));
    }

    [Fact]
    public void Match_SameBlocksManyTimes_CountOnceForTheOwner()
    {
        using var test = Tenths();
        for (var i = 0; i < 20; i++)
            Assert.Equal(3, test.Match(1, Second, "0", "1", "2").Found);
        Assert.Equal(3 * Tenth, test.Statistics.LeasedBytes);
        Assert.Equal(20, test.Statistics.Leases);
        Assert.True(test.Store.TryGetInfo(TestStore.Key("0"), out var info));
        Assert.Equal(20, info.Leases);
    }

    [Fact]
    public void Match_OverTheBoundOfKeys_RestIsWithheld()
    {
        using var test = new TestStore(configure: options => options with { MaxLeasedKeys = 4, MaxLeasedSharePerOwner = 0.75 });
        test.Put("a", 1);
        Assert.Equal(3, test.Match(1, Second, "a", "a", "a", "a").Found);
        Assert.Equal(1, test.Match(2, Second, "a", "a").Found);
        test.Store.ReleaseAll(1);
        Assert.Equal(2, test.Match(2, Second, "a", "a", "a").Found);
    }

    [Fact]
    public void TryStage_LeasedUntilItsTimeIsOver()
    {
        using var test = Tenths();
        test.Match(1, Second, "0", "1");
        test.Time.Advance(Second - TimeSpan.FromTicks(1));
        Assert.Null(test.Store.TryStage(TestStore.Region - Tenth));
        test.Time.Advance(TimeSpan.FromTicks(1));
        using var staged = test.Store.TryStage(TestStore.Region - Tenth);
        Assert.NotNull(staged);
    }

    [Fact]
    public void Release_LeaseThatEndedByTime_IsUnknown()
    {
        using var test = Tenths();
        var first = test.Match(1, Second, "0");
        var second = test.Match(1, 2 * Second, "0");
        test.Time.Advance(Second);
        Assert.Equal(1, test.Statistics.Leases);
        Assert.Equal(0, test.Store.Release(1, first.LeaseId));
        Assert.Equal(1, test.Store.Release(1, second.LeaseId));
    }

    [Fact]
    public void Release_FromAPosition_KeepsTheHead()
    {
        using var test = Tenths();
        var grant = test.Match(1, Second, "0", "absent", "1", "2");
        Assert.Equal(2, test.Store.Release(1, grant.LeaseId, from: 1));
        Assert.Equal(Tenth, test.Statistics.LeasedBytes);
        Assert.Equal(0, test.Store.Release(1, grant.LeaseId, from: 1));
        Assert.Equal(1, test.Store.Release(1, grant.LeaseId));
        Assert.Equal(0, test.Store.Release(1, grant.LeaseId));
        Assert.Equal(0, test.Statistics.Leases);
    }

    [Fact]
    public void Release_AnothersLease_DoesNothing()
    {
        using var test = Tenths();
        var grant = test.Match(1, Second, "0");
        Assert.Equal(0, test.Store.Release(2, grant.LeaseId));
        Assert.Equal(0, test.Store.Release(1, grant.LeaseId + 1));
        test.Store.ReleaseAll(2);
        Assert.Equal(Tenth, test.Statistics.LeasedBytes);
    }

    [Fact]
    public void ReleaseAll_EndsEveryLeaseOfTheOwner()
    {
        using var test = Tenths();
        test.Match(1, Second, "0");
        test.Match(1, Second, "0", "1");
        test.Match(2, Second, "2");
        test.Store.ReleaseAll(1);
        Assert.Equal(1, test.Statistics.Leases);
        Assert.Equal(Tenth, test.Statistics.LeasedBytes);
    }

    [Fact]
    public void Lease_BlockReplaced_ProtectsNeitherOldNorNew()
    {
        using var test = Tenths();
        var old = test.Match(1, Second, out var results, "0");
        test.Put("0", Tenth, expected: results[0].Version);
        Assert.Equal(0, test.Statistics.LeasedBytes);
        var renewed = test.Match(2, Second, "0");

        // The old lease names another content, and must not end the new one's protection.
        Assert.Equal(1, test.Store.Release(1, old.LeaseId));
        Assert.Equal(Tenth, test.Statistics.LeasedBytes);
        Assert.Equal(1, test.Store.Release(2, renewed.LeaseId));
        Assert.Equal(0, test.Statistics.LeasedBytes);
        Assert.Equal(test.Statistics.ArenaBytes, test.Statistics.FreeBytes + test.Statistics.EvictableBytes);
    }

    [Fact]
    public void Match_ChainOfThousands_LeasesAllAndReleasesAll()
    {
        const int Keys = 3000;
        using var test = new TestStore(memory: 12 * TestStore.Region);
        var chain = Enumerable.Range(0, Keys).Select(i => $"{i}").ToArray();
        foreach (var key in chain[..(Keys / 2)])
            test.Put(key, 1);
        Assert.Equal(Keys / 2, test.Match(1, TimeSpan.Zero, chain).Found);
        var grant = test.Match(1, Second, out var results, chain);
        Assert.Equal(Keys / 2, grant.Found);
        Assert.All(results, (result, i) => Assert.Equal(i < Keys / 2, result.Found));
        Assert.Equal(Keys / 2 * TestStore.Page, test.Statistics.LeasedBytes);
        Assert.Equal(1000, test.Store.Release(1, grant.LeaseId, from: 500));
        Assert.Equal(500, test.Store.Release(1, grant.LeaseId));
    }

    [Fact]
    public void Match_RoomForResultsTooSmall_Throws()
    {
        using var test = new TestStore();
        Assert.Throws<ArgumentException>(() => test.Store.Match(1, new("ab"u8, [(0, 1), (1, 1)]), new KeyMatch[1], Second));
    }

    /// <summary>Ten blocks of 51 pages each in 512; five may be leased, three by one owner.</summary>
    private static TestStore Tenths()
    {
        var test = new TestStore(configure: options => options with { MaxLeasedShare = 0.5, MaxLeasedSharePerOwner = 0.3 });
        for (var i = 0; i < 10; i++)
            test.Put($"{i}", Tenth);
        return test;
    }
}
