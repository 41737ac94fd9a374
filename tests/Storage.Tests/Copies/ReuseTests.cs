using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Tests.Copies;

public sealed class ReuseTests
{
    [Fact]
    public void TakeReused_ReadOrMatched_OnceEach()
    {
        using var test = new TestStore();
        foreach (var key in new[] { "a", "b", "c", "d" })
            test.Put(key, 1);
        test.Use("b");
        test.Use("b");
        test.Match(1, TimeSpan.Zero, "a");
        test.Match(1, TimeSpan.FromSeconds(1), "c");
        Assert.Equal(["b", "a"], test.TakeReused(room: 2));
        Assert.Equal(["c"], test.TakeReused());
        test.Use("b");
        Assert.Empty(test.TakeReused());
    }

    [Fact]
    public void TakeReused_TellsContentAndUses()
    {
        using var test = new TestStore();
        var version = test.Put("a", 77, timeToLive: TimeSpan.FromSeconds(9));
        test.Use("a");
        test.Use("a");
        var taken = new ReusedBlock[1];
        Assert.Equal(1, test.Store.TakeReused(taken));
        Assert.Equal(new(BlockKey.From("a"), new(version, 77, BlockChecksum.Of(Content.Of(version.Sequence, 77)), TimeSpan.FromSeconds(9), 0), 2, IsAgain: false), taken[0]);
    }

    [Fact]
    public void TakeReused_LooksThatAreNoUses_EarnNothing()
    {
        using var test = new TestStore();
        test.Put("a", 1);
        Assert.True(test.Has("a"));
        test.Store.Touch("a"u8);
        Assert.True(test.Store.TryOpen("a"u8, out var block, countsAsUse: false));
        block.Dispose();
        Assert.Equal(0, test.Swept("a").Uses);
        Assert.Empty(test.TakeReused());
    }

    [Fact]
    public void TryOpen_NotCounted_DoesNotMakeItTheMostRecentlyUsed()
    {
        using var test = new TestStore();
        test.Put("a", TestStore.Region / 2);
        test.Put("b", TestStore.Region / 2);
        Assert.True(test.Store.TryOpen("a"u8, out var block, countsAsUse: false));
        block.Dispose();
        test.TryStage(1, 1)!.Dispose();
        Assert.Equal((false, true), (test.Has("a"), test.Has("b")));
    }

    [Fact]
    public void TakeReused_CopiesRegistersAndBlocksHeldElsewhere_EarnNothing()
    {
        using var test = new TestStore();
        test.PutCopy("copy", 1);
        test.Put("register", 1, kind: BlockKind.Overwritable);
        var held = test.Put("held", 1);
        Assert.True(test.Store.AddHolder("held"u8, held, 3));
        foreach (var key in new[] { "copy", "register", "held" })
            test.Use(key);
        Assert.Empty(test.TakeReused());
        Assert.Equal([1, 1, 1], test.SweepAll().Select(block => (int)block.Uses));
    }

    [Fact]
    public void TakeReused_WhatChangedSinceItsUse_IsPassedBy()
    {
        using var test = new TestStore();
        foreach (var key in new[] { "copy", "held", "gone", "replaced", "expired", "stays" })
        {
            var version = test.Put(key, 1, timeToLive: key == "expired" ? TimeSpan.FromTicks(1) : null);
            test.Use(key);
            _ = key switch
            {
                "copy" => test.Store.SetRole("copy"u8, version, BlockRole.Copy),
                "held" => test.Store.AddHolder("held"u8, version, 1),
                "gone" => test.Store.TryRemove("gone"u8, version),
                "replaced" => test.Put("replaced", 1, expected: version) != default,
                _ => true,
            };
        }

        test.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["stays"], test.TakeReused());
    }

    [Fact]
    public void TakeReused_NobodyTakes_KeepsTheFirstAndCountsTheRest()
    {
        const int More = 300;
        using var test = new TestStore();
        for (var i = 0; i < ReuseRing.Capacity + More; i++)
        {
            var version = test.Put($"{i}", 0);
            test.Use($"{i}");
            Assert.True(test.Store.TryRemove(TestStore.Key($"{i}"), version));
        }

        Assert.Equal(More, test.Statistics.DroppedReuses);
        Assert.Empty(test.TakeReused());
        test.Put("after", 0);
        test.Use("after");
        Assert.Equal(["after"], test.TakeReused());
    }

    [Fact]
    public void Uses_Many_StayAtTheMost()
    {
        using var test = new TestStore();
        var version = test.Put("a", 1);
        for (var i = 0; i < 300; i++)
            test.Use("a");
        Assert.Equal(255, test.Swept("a").Uses);
        Assert.Equal(["a"], test.TakeReused());
        test.Put("a", 1, expected: version);
        Assert.Equal(0, test.Swept("a").Uses);
    }
}
