using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Chains;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Tests.Chains;

/// <summary>Blocks that name a parent, and what becomes of them when it is gone. Four quarters of a region fill the arena.</summary>
public sealed class OrphanTests : IDisposable
{
    private const int Quarter = TestStore.Region / 4;

    private readonly TestStore _test = new(configure: options => options with { CopiesShare = 1 });

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Publish_NamingAParent_KeepsItWithTheContent()
    {
        var first = _test.Put("tail", 1, parent: "head");
        var copy = _test.PutCopy("copy", 1, parent: "tail");
        var plain = _test.Put("plain", 1);

        Assert.Equal((TestStore.HashOf("head"), TestStore.HashOf("tail"), (UInt128)0), (ParentOf("tail", first), ParentOf("copy", copy), ParentOf("plain", plain)));
        Assert.Equal((TestStore.HashOf("head"), false), (Explain("tail").Parent, Explain("tail").IsOrphan));
        Assert.Equal(2, _test.Statistics.Children);
        Assert.Equal(0, (int)ParentOf("tail", copy));

        var second = _test.Put("tail", 2, first);
        Assert.Equal(0, (int)ParentOf("tail", second));
        Assert.Equal(1, _test.Statistics.Children);
    }

    [Fact]
    public void Publish_OfARegister_NamesNoParent()
    {
        var version = _test.Put("a", 1, kind: BlockKind.Overwritable, parent: "head");

        Assert.Equal((0, 0), ((int)ParentOf("a", version), _test.Statistics.Children));
    }

    [Fact]
    public void Orphan_GoesBeforeAllOthersOfItsRole_WhenItsParentWasMissedTwice()
    {
        foreach (var key in new[] { "a", "b", "c" })
            _test.Put(key, Quarter);
        _test.Put("orphan", Quarter, parent: "gone");

        Assert.Equal(1, Round("gone"));
        Assert.Equal(0, _test.Statistics.Orphans);
        Assert.Equal(1, Round("gone"));

        Assert.Equal(1, _test.Statistics.Orphans);
        Assert.True(Explain("orphan").IsOrphan);
        Assert.Equal(["orphan", "a", "b", "c"], EvictionOrder("a", "b", "c", "orphan"));
        Assert.Equal(0, _test.Statistics.Orphans);
    }

    [Fact]
    public void Block_WhoseParentWasMissedOnce_KeepsItsPlace()
    {
        _test.Put("child", Quarter, parent: "gone");
        _test.Put("a", Quarter);
        _test.Put("b", Quarter, parent: "gone");
        Round("gone");

        // A use in between begins anew.
        _test.Use("child");
        _test.PutCopy("copy", Quarter, parent: "gone");
        Round();

        Assert.Equal(0, _test.Statistics.Orphans);
        Assert.Equal(["a", "b", "child"], EvictionOrder("a", "b", "child"));
    }

    [Theory]
    [InlineData("use")]
    [InlineData("touch")]
    [InlineData("match")]
    [InlineData("parent is here")]
    [InlineData("parent is elsewhere")]
    [InlineData("role")]
    public void Orphan_ThatIsUsedOrWhoseParentIsSeenAgain_TakesItsPlaceAgain(string how)
    {
        var version = _test.Put("orphan", Quarter, parent: "gone");
        _test.Put("a", Quarter);
        _test.Put("b", Quarter);
        Round("gone");
        Round("gone");
        Assert.Equal(1, _test.Statistics.Orphans);

        switch (how)
        {
            case "use":
                _test.Use("orphan");
                break;
            case "touch":
                _test.Store.Touch(TestStore.Key("orphan"));
                break;
            case "match":
                _test.Match(1, TimeSpan.Zero, "orphan");
                break;
            case "parent is here":
                _test.Put("gone", 1);
                Assert.Equal(0, Round("gone"));
                break;
            case "role":
                Assert.True(_test.Store.SetRole(TestStore.Key("orphan"), version, BlockRole.Copy));
                Assert.True(_test.Store.SetRole(TestStore.Key("orphan"), version, BlockRole.Last));
                break;
            default:
                Assert.Equal(1, Round());
                break;
        }

        Assert.Equal(0, _test.Statistics.Orphans);
        Assert.False(Explain("orphan").IsOrphan);
        Assert.Equal(["a", "b", "orphan"], EvictionOrder("a", "b", "orphan"));
    }

    [Fact]
    public void Orphan_ThatWasPassedByWhileItWasRead_GoesFirstAllTheSame()
    {
        _test.Put("a", Quarter);
        _test.Put("orphan", Quarter, parent: "gone");
        Round("gone");
        Round("gone");
        Assert.True(_test.Store.TryOpen(TestStore.Key("orphan"), out var block, countsAsUse: false));
        _test.TryStage(1, 3 * Quarter)!.Dispose();
        Assert.Equal([false, true], new[] { "a", "orphan" }.Select(_test.Has));
        _test.Put("b", Quarter);
        block.Dispose();

        Assert.Equal(["orphan", "b"], EvictionOrder("b", "orphan"));
    }

    [Fact]
    public void LeasedOrRead_IsNotLookedAt_AndWhatTheNumberStoodForIsNotMistaken()
    {
        var version = _test.Put("child", 1, parent: "gone");
        Round("gone");
        var children = new ChildBlock[10];
        Assert.Equal(0, _test.Store.SeekParents(0, 1000, children, out var taken));
        Assert.Equal(1, taken);

        _test.Match(1, TimeSpan.FromSeconds(1), "child");
        Assert.Equal(0, Round("gone"));
        _test.Store.ParentsSought(children.AsSpan(0, 1), [false]);
        _test.Store.ReleaseAll(1);
        Assert.True(_test.Store.TryRemove(TestStore.Key("child"), version));
        _test.Put("other", 1, parent: "gone");
        _test.Store.ParentsSought(children.AsSpan(0, 1), [false]);
        _test.Store.ParentsSought(children.AsSpan(0, 1), [false]);

        Assert.Equal(0, _test.Statistics.Orphans);
    }

    [Fact]
    public void ExtraCopy_IsNoOrphan()
    {
        Assert.True(_test.TryPutCopy("extra", 1, _test.NextVersion(), BlockRole.Extra, parent: "gone"));

        Assert.Equal(0, Round("gone"));
        Assert.Equal(1, _test.Statistics.Children);
    }

    [Fact]
    public void SeekParents_ManyBlocks_ARoundMeetsEachOnce()
    {
        for (var i = 0; i < 400; i++)
            _test.Put($"{i}", 1, parent: i == 0 ? null : i % 2 == 0 ? $"{i - 1}" : $"gone {i}");
        var children = new ChildBlock[7];
        var met = new List<UInt128>();
        for (var cursor = 0; ;)
        {
            cursor = _test.Store.SeekParents(cursor, 30, children, out var taken);
            met.AddRange(children.Take(taken).Select(child => child.Parent));
            if (cursor == 0)
                break;
        }

        var gone = Enumerable.Range(0, 200).Select(i => TestStore.HashOf($"gone {(2 * i) + 1}")).ToList();
        Assert.Equal(met.Count, met.Distinct().Count());
        Assert.Empty(met.Except(gone));
        // The digest lets some pass.
        Assert.InRange(met.Count, 190, 200);
    }

    [Fact]
    public void MayHold_NamesAllThatIsHere()
    {
        for (var i = 0; i < 300; i++)
            _test.Put($"{i}", 1);
        var found = new bool[1000];

        _test.Store.MayHold([.. Enumerable.Range(0, 1000).Select(i => TestStore.HashOf($"{i}"))], found);

        Assert.All(found.Take(300), Assert.True);
        Assert.InRange(found.Count(one => one), 300, 330);
    }

    [Fact]
    public void LastCopy_ThatIsAnOrphan_GoesBeforeCopiesDo()
    {
        _test.PutCopy("copy", Quarter);
        _test.PutCopy("second", Quarter);
        _test.Put("used", Quarter, parent: "gone");
        _test.Put("a", Quarter);
        _test.Use("used");
        _test.Use("a");
        Round("gone");
        Round("gone");

        // The last quarter of the share stays for copies.
        Assert.Equal(["used", "copy", "a", "second"], EvictionOrder("copy", "second", "used", "a"));
    }

    [Fact]
    public void Children_ThatLeave_GiveAllBack()
    {
        var version = _test.Put("warm", 1, parent: "p");
        Assert.True(_test.Store.TryRemove(TestStore.Key("warm"), version));
        var before = _test.Statistics.IndexBytes;
        for (var i = 0; i < 2000; i++)
        {
            version = _test.PutCopy($"{i:d20}", 1, parent: "p");
            if (i % 2 == 0)
                Assert.True(_test.Store.AddHolder(TestStore.Key($"{i:d20}"), version, 3));
        }

        _test.TryStage(1, TestStore.Region)!.Dispose();

        Assert.Equal((0, 0), (_test.Statistics.Children, _test.Statistics.Blocks));
        Assert.True(_test.Statistics.IndexBytes >= before);
        Assert.Equal(0, _test.Statistics.DigestFaults);
        var evicted = new EvictedCopy[300];
        Assert.Equal(256, _test.Store.TakeEvictedCopies(evicted.AsSpan(0, 256)));
        Assert.All(evicted.Take(256), copy => Assert.Equal(20, copy.Key.Length));
    }

    private UInt128 ParentOf(string key, BlockVersion version) => _test.Store.ParentOf(TestStore.Key(key), version);

    private KvOrleans.Storage.History.BlockExplanation Explain(string key) => _test.Store.Explain(TestStore.Key(key));

    /// <summary>Looks for all parents, of which only <paramref name="gone"/> are nowhere.</summary>
    /// <returns>How many were not here.</returns>
    private int Round(params string[] gone)
    {
        var children = new ChildBlock[100];
        Assert.Equal(0, _test.Store.SeekParents(0, 1000, children, out var taken));
        var missing = gone.Select(TestStore.HashOf).ToList();
        _test.Store.ParentsSought(children.AsSpan(0, taken), [.. children.Take(taken).Select(child => !missing.Contains(child.Parent))]);
        return taken;
    }

    /// <summary>Which of the keys go first as room is made, a quarter after the other.</summary>
    private List<string> EvictionOrder(params string[] keys)
    {
        var order = new List<string>();
        for (var quarters = 1; quarters <= 4; quarters++)
        {
            _test.TryStage(1, quarters * Quarter)!.Dispose();
            order.AddRange(keys.Where(key => !order.Contains(key) && !_test.Has(key)));
        }

        return order;
    }
}
