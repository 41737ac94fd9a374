using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Tests.Copies;

public sealed class RoleTests
{
    [Fact]
    public void SetRole_ThereAndBack_MovesTheSums()
    {
        using var test = new TestStore();
        var version = test.Put("a", 5000);
        Assert.True(test.Store.SetRole("a"u8, version, BlockRole.Copy));
        Assert.True(test.Store.SetRole("a"u8, version, BlockRole.Copy));
        Assert.Equal((1, 8192L), (test.Statistics.CopyBlocks, test.Statistics.CopyBytes));
        Assert.Equal(BlockRole.Copy, test.Swept("a").Role);
        Assert.True(test.Store.SetRole("a"u8, version, BlockRole.Last));
        Assert.Equal((0, 0L), (test.Statistics.CopyBlocks, test.Statistics.CopyBytes));
        Assert.True(test.Store.SetRole("a"u8, version, BlockRole.Copy));
        Assert.True(test.Store.TryRemove("a"u8, version));
        Assert.Equal((0, 0L), (test.Statistics.CopyBlocks, test.Statistics.CopyBytes));
    }

    [Fact]
    public void SetRole_AnotherVersionOrNone_DoesNothing()
    {
        using var test = new TestStore();
        test.Put("a", 1);
        Assert.False(test.Store.SetRole("a"u8, test.NextVersion(), BlockRole.Copy));
        Assert.False(test.Store.SetRole("b"u8, test.NextVersion(), BlockRole.Copy));
        Assert.Equal(0, test.Statistics.CopyBlocks);
    }

    [Fact]
    public void SetRole_WhileLeasedAndRead_ItGoesInItsNewOrderAfterwards()
    {
        using var test = new TestStore(configure: options => options with { CopiesShare = 0, MaxLeasedShare = 1, MaxLeasedSharePerOwner = 1 });
        const int Half = TestStore.Region / 2;
        test.Put("old", Half);
        var version = test.Put("new", Half);
        test.Match(1, TimeSpan.FromSeconds(1), "new");
        Assert.True(test.Store.TryOpen("new"u8, out var block));
        Assert.True(test.Store.SetRole("new"u8, version, BlockRole.Copy));
        Assert.Null(test.Store.TryStage(1, BlockRole.Copy));

        block.Dispose();
        test.Store.ReleaseAll(1);
        test.TryStage(1, Half)!.Dispose();
        Assert.Equal((true, false), (test.Has("old"), test.Has("new")));
    }
}
