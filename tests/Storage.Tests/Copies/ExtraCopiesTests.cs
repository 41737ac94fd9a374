using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.History;
using KvOrleans.Storage.Index;

namespace KvOrleans.Storage.Tests.Copies;

/// <summary>Eight eighths of a region fill the arena; two of them are the extra copies' share, two the copies'.</summary>
public sealed class ExtraCopiesTests
{
    private const int Eighth = TestStore.Region / 8;

    private readonly List<ExtraCopy> _extras = [];

    [Fact]
    public void TryStage_WithinTheShare_PushesOutOthers_BeyondItIsRefused()
    {
        using var test = Filled(8);
        test.TryPutCopy("x", Eighth, test.NextVersion(), BlockRole.Extra);
        test.TryPutCopy("y", Eighth, test.NextVersion(), BlockRole.Extra);
        Assert.Equal((2, 2L * Eighth), (test.Statistics.ExtraBlocks, test.Statistics.ExtraBytes));
        Assert.Null(test.Store.TryStage(1, BlockRole.Extra));
        Assert.Equal(2, test.Statistics.Evictions);
        Assert.True(test.Has("x") && test.Has("y"));
    }

    [Fact]
    public void TryStage_OneStagedAlready_CountsIt()
    {
        using var test = Filled(0);
        using var staged = test.TryStage(1, 2 * Eighth, BlockRole.Extra);
        Assert.Null(test.Store.TryStage(1, BlockRole.Extra));
    }

    [Fact]
    public void TryStage_IdleExtra_GoesBeforeAnythingElse()
    {
        using var test = Filled(6);
        var kept = test.NextVersion();
        test.TryPutCopy("kept", Eighth, kept, BlockRole.Extra);
        test.TryPutCopy("idle", Eighth, test.NextVersion(), BlockRole.Extra);
        Age(test, BlockCatalog.ExtraIdleness - 1);
        test.Store.KeepExtra(TestStore.Key("kept"), kept);
        Age(test, 1);
        test.Use("idle");
        test.Put("new", Eighth);
        Assert.False(test.Has("idle"));
        Assert.True(test.Has("kept") && test.Has("0"));
        Assert.All(_extras, extra => Assert.False(extra.IsForgotten));
        Age(test, BlockCatalog.ExtraPatience);
        Assert.True(Assert.Single(_extras).IsForgotten);
    }

    [Fact]
    public void TryStage_ExtraThatWasKept_GoesBehindAllOthers()
    {
        using var test = Filled(6);
        test.TryPutCopy("kept", Eighth, test.NextVersion(), BlockRole.Extra);
        test.Match(1, TimeSpan.FromSeconds(1), "0", "1", "2", "3", "4");
        test.Put("new", Eighth);
        test.Put("newer", Eighth);
        Assert.False(test.Has("5"));
        Assert.True(test.Has("kept"));
        test.Match(1, TimeSpan.FromSeconds(1), "new", "newer");
        test.Put("newest", Eighth);
        Assert.False(test.Has("kept"));
    }

    [Fact]
    public void TryStage_IdleExtrasInTheWayOfAnother_Go()
    {
        using var test = Filled(0);
        test.TryPutCopy("x", 2 * Eighth, test.NextVersion(), BlockRole.Extra);
        Age(test, BlockCatalog.ExtraPatience);
        Assert.True(test.TryPutCopy("y", Eighth, test.NextVersion(), BlockRole.Extra));
        Assert.False(test.Has("x"));
    }

    [Fact]
    public void TryStage_ACopyWhileCopiesAreLeasedAndOverTheirShare_TakesTheRoomOfIdleExtras()
    {
        using var test = Filled(4);
        test.TryPutCopy("copy", 2 * Eighth, test.NextVersion());
        test.TryPutCopy("x", Eighth, test.NextVersion(), BlockRole.Extra);
        var kept = test.NextVersion();
        test.TryPutCopy("kept", Eighth, kept, BlockRole.Extra);
        test.Match(1, TimeSpan.FromSeconds(1), "copy");
        Assert.Null(test.Store.TryStage(Eighth, BlockRole.Copy));

        Age(test, BlockCatalog.ExtraIdleness);
        Assert.Null(test.Store.TryStage(3 * Eighth, BlockRole.Copy));
        Assert.Equal(0, test.Statistics.Evictions);

        test.Store.KeepExtra(TestStore.Key("kept"), kept);
        Assert.True(test.TryPutCopy("y", Eighth, test.NextVersion()));
        Assert.False(test.Has("x"));
        Assert.True(test.Has("kept") && test.Has("0") && test.Has("copy"));
        test.Match(1, TimeSpan.FromSeconds(1), "y");
        Assert.Null(test.Store.TryStage(Eighth, BlockRole.Copy));
    }

    [Fact]
    public void SetRole_OfAnExtra_MakesItAnOrdinaryCopy()
    {
        using var test = Filled(0);
        var version = test.NextVersion();
        test.TryPutCopy("x", Eighth, version, BlockRole.Extra);
        Assert.True(test.Store.SetRole(TestStore.Key("x"), version, BlockRole.Copy));
        Assert.Equal((0, 0L, 1), (test.Statistics.ExtraBlocks, test.Statistics.ExtraBytes, test.Statistics.CopyBlocks));
        Assert.False(test.Store.TryDropExtra(TestStore.Key("x"), version));
        Assert.True(test.Has("x"));
    }

    [Fact]
    public void TryDropExtra_OfThatVersion_DropsIt()
    {
        using var test = Filled(0);
        var version = test.NextVersion();
        test.TryPutCopy("x", Eighth, version, BlockRole.Extra);
        Assert.False(test.Store.TryDropExtra(TestStore.Key("x"), test.NextVersion()));
        Assert.True(test.Store.TryDropExtra(TestStore.Key("x"), version));
        Assert.Equal(DepartureReason.Cooled, test.Store.Explain(TestStore.Key("x")).Departure!.Value.Reason);
        Assert.Equal(0, test.Statistics.ExtraBlocks);
    }

    [Fact]
    public void TryDropExtra_LeasedOrRead_StaysUntilItIsNot()
    {
        using var test = Filled(0);
        var version = test.NextVersion();
        test.TryPutCopy("x", Eighth, version, BlockRole.Extra);
        var lease = test.Match(1, TimeSpan.FromSeconds(1), "x");
        Assert.False(test.Store.TryDropExtra(TestStore.Key("x"), version));
        test.Store.Release(1, lease.LeaseId);
        Assert.True(test.Store.TryOpen(TestStore.Key("x"), out var block));
        Assert.False(test.Store.TryDropExtra(TestStore.Key("x"), version));
        block.Dispose();
        Assert.True(test.Store.TryDropExtra(TestStore.Key("x"), version));
    }

    [Fact]
    public void TryStage_OneLargerThanTheShare_MayBeAlone()
    {
        using var test = Filled(8);
        Assert.True(test.TryPutCopy("large", 3 * Eighth, test.NextVersion(), BlockRole.Extra));
        Assert.Null(test.Store.TryStage(1, BlockRole.Extra));
    }

    [Fact]
    public void TryStage_WithoutAShare_IsRefused()
    {
        using var test = new TestStore(configure: options => options with { ExtraCopiesShare = 0 });
        Assert.Null(test.Store.TryStage(1, BlockRole.Extra));
    }

    [Fact]
    public void VisitExtraCopies_Some_TellsThemAlone()
    {
        using var test = Filled(2);
        var version = test.NextVersion();
        test.TryPutCopy("x", 100, version, BlockRole.Extra);
        test.TryPutCopy("copy", 100, test.NextVersion());
        test.Store.VisitExtraCopies(_extras);
        var extra = Assert.Single(_extras);
        Assert.Equal(("x", version, 100), (Encoding.UTF8.GetString(extra.Key.Span), extra.Info.Version, extra.Info.Length));
    }

    [Fact]
    public void TryEvict_ExtraThatAnOwnerKnows_IsTold()
    {
        using var test = Filled(7);
        var version = test.NextVersion();
        test.TryPutCopy("x", Eighth, version, BlockRole.Extra);
        Assert.True(test.Store.AddHolder(TestStore.Key("x"), version, 3));
        Age(test, BlockCatalog.ExtraPatience);
        test.Put("new", Eighth);
        var told = new EvictedCopy[4];
        Assert.Equal(1, test.Store.TakeEvictedCopies(told));
        Assert.Equal((version, 1UL << 3), (told[0].Version, told[0].Knowers));
    }

    private static TestStore Filled(int lasts)
    {
        var test = new TestStore(configure: options => options with { CopiesShare = 0.25, ExtraCopiesShare = 0.25, MaxLeasedShare = 1, MaxLeasedSharePerOwner = 1 });
        for (var i = 0; i < lasts; i++)
            test.Put($"{i}", Eighth);
        return test;
    }

    private void Age(TestStore test, int visits)
    {
        for (var i = 0; i < visits; i++)
            test.Store.VisitExtraCopies(_extras);
    }
}
