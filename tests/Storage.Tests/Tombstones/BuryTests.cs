using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;

namespace KvOrleans.Storage.Tests.Tombstones;

public sealed class BuryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Bury_ContentBefore_IsRemovedOnceAndReadersFinish()
    {
        using var test = new TestStore();
        test.Put("a", 9000);
        var version = test.NextVersion();
        Assert.True(test.Store.TryOpen("a"u8, out var block));
        Assert.True(test.Bury("a", version));
        Assert.False(test.Has("a"));
        TestStore.AssertContent(block);
        block.Dispose();
        Assert.False(test.Bury("a", version));
        Assert.Equal(1, test.Statistics.Tombstones);
        Assert.Equal(test.Statistics.ArenaBytes, test.Statistics.FreeBytes);
    }

    [Fact]
    public void Bury_ContentAfter_Stays()
    {
        using var test = new TestStore();
        var before = test.NextVersion();
        var version = test.Put("a", 10);
        Assert.False(test.Bury("a", before));
        test.AssertReads("a", version);
    }

    [Fact]
    public void Bury_NothingThere_RefusesOfferedVersionsItCoversAndNoOther()
    {
        using var test = new TestStore();
        var earlier = test.NextVersion();
        var deleted = test.NextVersion();
        Assert.False(test.Bury("a", deleted));
        Assert.False(test.TryPutCopy("a", 10, earlier));
        Assert.False(test.TryPutCopy("a", 10, earlier, Storage.Copies.BlockRole.Last));
        Assert.False(test.TryPutCopy("a", 10, deleted));
        Assert.False(test.TryPutCopy("a", 10, deleted with { Life = new(1), Sequence = 1000 }));
        Assert.True(test.TryPutCopy("b", 10, earlier));
        var later = test.NextVersion();
        Assert.True(test.TryPutCopy("a", 10, later));
        test.AssertReads("a", later);
        Assert.Throws<ArgumentException>(() => test.Bury("a", default));
    }

    [Fact]
    public void Bury_OlderAfterNewer_TheNewerStays()
    {
        using var test = new TestStore();
        var (older, between, newer) = (test.NextVersion(), test.NextVersion(), test.NextVersion());
        test.Bury("a", newer);
        test.Bury("a", older);
        Assert.False(test.TryPutCopy("a", 10, between));
        Assert.Equal(1, test.Statistics.Tombstones);
    }

    [Fact]
    public void Bury_TwoLivesOfOneEpoch_BothStay()
    {
        using var test = new TestStore();
        var (one, other) = (new BlockVersion(2, new(1), 5), new BlockVersion(2, new(2), 9));
        test.Bury("a", one);
        test.Bury("a", other);
        Assert.False(test.TryPutCopy("a", 10, one with { Sequence = 6 }));
        Assert.False(test.TryPutCopy("a", 10, other with { Sequence = 10 }));
        Assert.True(test.TryPutCopy("a", 10, new(3, new(1), 1)));
    }

    [Fact]
    public void Bury_RepeatedAfterALaterWrite_DoesNotRemoveIt()
    {
        using var test = new TestStore();
        var deleted = new BlockVersion(2, new(1), 5);
        test.Bury("a", deleted);
        test.Bury("a", new(2, new(2), 1));
        var written = new BlockVersion(2, new(1), 6);
        Assert.True(test.Store.TryPublish("a"u8, null, test.TryStage(6, 10)!, written, null));
        Assert.False(test.Bury("a", deleted));
        test.AssertReads("a", written);
    }

    [Fact]
    public void Bury_AfterItsLifetime_IsForgotten()
    {
        using var test = new TestStore(configure: options => options with { TombstoneLifetime = Second });
        var (version, deleted) = (test.NextVersion(), test.NextVersion());
        test.Bury("a", deleted);
        test.Bury("b", deleted);
        test.Time.Advance(Second - TimeSpan.FromTicks(1));
        test.Bury("b", deleted);
        Assert.False(test.TryPutCopy("a", 10, version));
        test.Time.Advance(TimeSpan.FromTicks(1));
        Assert.True(test.TryPutCopy("a", 10, version));
        Assert.False(test.TryPutCopy("b", 10, version));
        test.Store.SweepExpired(1);
        Assert.Equal(1, test.Statistics.Tombstones);
        Assert.Equal(Second, test.Store.TombstoneHorizon);
    }

    [Fact]
    public void Bury_MoreThanTheMost_TheOldestGoAndTheHorizonTells()
    {
        using var test = new TestStore(configure: options => options with { MaxTombstones = 3 });
        var (version, deleted) = (test.NextVersion(), test.NextVersion());
        foreach (var key in new[] { "a", "b", "c" })
        {
            test.Bury(key, deleted);
            test.Time.Advance(Second);
        }

        Assert.Equal(TimeSpan.FromHours(24), test.Store.TombstoneHorizon);
        test.Bury("a", deleted);
        test.Bury("d", deleted);
        test.Time.Advance(Second);
        Assert.Equal((3, 1), (test.Statistics.Tombstones, test.Statistics.DisplacedTombstones));
        Assert.Equal(3 * Second, test.Store.TombstoneHorizon);
        Assert.Equal([false, true, false, false], new[] { "a", "b", "c", "d" }.Select(key => test.TryPutCopy(key, 1, version)));

        // One that is older than all there are finds no room at all.
        test.Store.AdoptTombstone(new(KeyId.Of("e"u8), deleted, TimeSpan.FromSeconds(2.5)));
        Assert.True(test.TryPutCopy("e", 1, version));
        Assert.Equal(2.5 * Second, test.Store.TombstoneHorizon);
        test.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(TimeSpan.FromHours(24), test.Store.TombstoneHorizon);
    }

    [Fact]
    public void Bury_ManyInRandomOrderOfAge_TheOldestGoFirst()
    {
        const int Most = 500;
        using var test = new TestStore(configure: options => options with { MaxTombstones = Most });
        test.Time.Advance(TimeSpan.FromHours(1));
        var random = new Random(5);
        var ages = Enumerable.Range(0, 3 * Most).Select(i => (Key: KeyId.Of(TestStore.Key($"{i}")), Age: TimeSpan.FromSeconds(i + 1))).ToArray();
        random.Shuffle(ages);
        foreach (var (key, age) in ages)
            test.Store.AdoptTombstone(new(key, test.NextVersion(), age));
        foreach (var (key, age) in ages.Where(pair => pair.Age > Most * Second).Take(10))
            test.Store.AdoptTombstone(new(key, test.NextVersion(), age));

        Assert.Equal(
            ages.Where(pair => pair.Age <= Most * Second).OrderBy(pair => pair.Age),
            Told(test, TimeSpan.MaxValue).Select(told => (told.Id, told.Age)).OrderBy(pair => pair.Age));
        Assert.Equal((Most + 1) * Second, test.Store.TombstoneHorizon);
    }

    [Fact]
    public void TombstonesSince_InPages_TellsThoseOfThatAge()
    {
        using var test = new TestStore();
        var deleted = new Dictionary<KeyId, BlockVersion>();
        for (var i = 0; i < 1500; i++)
        {
            deleted.Add(KeyId.Of(TestStore.Key($"{i}")), test.NextVersion());
            test.Bury($"{i}", deleted[KeyId.Of(TestStore.Key($"{i}"))]);
            test.Time.Advance(Second);
        }

        var told = Told(test, 700 * Second);
        Assert.Equal(700, told.Count);
        Assert.Equal(Enumerable.Range(1, 700).Select(i => i * Second), told.Select(tombstone => tombstone.Age).Order());
        Assert.All(told, tombstone => Assert.Equal(deleted[tombstone.Id], tombstone.Version));
        Assert.Equal(1500, Told(test, TimeSpan.FromDays(2)).Count);
    }

    [Fact]
    public void TombstonesSince_OneBuriedAgain_IsAsYoungAsTheLastTime()
    {
        using var test = new TestStore();
        var deleted = test.NextVersion();
        test.Bury("a", deleted);
        test.Time.Advance(10 * Second);
        Assert.Empty(Told(test, Second));
        test.Bury("a", deleted);
        Assert.Equal([new(KeyId.Of("a"u8), deleted, TimeSpan.Zero)], Told(test, Second));
        test.Store.AdoptTombstone(new(KeyId.Of("a"u8), deleted, 5 * Second));
        Assert.Equal(TimeSpan.Zero, Told(test, Second)[0].Age);
    }

    [Fact]
    public void AdoptTombstone_ThenDropBuried_RemovesWhatItCovers()
    {
        using var from = new TestStore();
        using var test = new TestStore();
        var stays = new BlockVersion(2, new(42), 100);
        for (var i = 0; i < 300; i++)
            test.Put($"{i}", 1);
        Assert.True(test.TryPutCopy("later", 1, stays));
        test.Put("register 7", 1, kind: BlockKind.Overwritable);
        Assert.Equal(0, test.Store.DropBuried());
        foreach (var key in Enumerable.Range(0, 150).Select(i => $"{i * 2}").Concat(["later", "register 7", "absent"]))
            from.Bury(key, new(2, new(42), 99));
        from.Time.Advance(TimeSpan.FromHours(1));

        foreach (var tombstone in Told(from, TimeSpan.FromHours(2)))
            test.Store.AdoptTombstone(tombstone);
        Assert.Equal(150, test.Store.DropBuried());
        Assert.Equal(0, test.Store.DropBuried());
        Assert.Equal(Enumerable.Range(0, 300).Where(i => i % 2 == 1), Enumerable.Range(0, 300).Where(i => test.Has($"{i}")));
        Assert.True(test.Has("later") && test.Has("register 7"));
        Assert.Equal(TimeSpan.FromHours(1), Told(test, TimeSpan.FromHours(2))[0].Age);
    }

    [Fact]
    public void AdoptTombstone_PastItsLifetimeOrFromTheFuture_IsNotTaken()
    {
        using var test = new TestStore();
        test.Store.AdoptTombstone(new(KeyId.Of("a"u8), test.NextVersion(), TimeSpan.FromHours(24)));
        Assert.Equal(0, test.Statistics.Tombstones);
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Store.AdoptTombstone(new(KeyId.Of("a"u8), test.NextVersion(), -Second)));
        Assert.Throws<ArgumentException>(() => test.Store.AdoptTombstone(new(KeyId.Of("a"u8), default, Second)));
    }

    private static List<Tombstone> Told(TestStore test, TimeSpan age)
    {
        var (told, page, cursor) = (new List<Tombstone>(), new Tombstone[64], 0);
        int count;
        do
        {
            count = test.Store.TombstonesSince(age, ref cursor, page);
            told.AddRange(page.Take(count));
        }
        while (count == page.Length);
        return told;
    }
}
