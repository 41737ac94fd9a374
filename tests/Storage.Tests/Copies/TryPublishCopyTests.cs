using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Tests.Copies;

public sealed class TryPublishCopyTests
{
    [Theory]
    [InlineData(BlockRole.Last)]
    [InlineData(BlockRole.Copy)]
    public void TryPublishCopy_NothingThere_HasVersionTimeToLiveAndRole(BlockRole role)
    {
        using var test = new TestStore();
        var version = new BlockVersion(3, new(99), 12);
        Assert.True(test.TryPutCopy("a", 5000, version, role, TimeSpan.FromSeconds(10)));
        test.AssertReads("a", version);
        Assert.True(test.Store.TryGetInfo(TestStore.Key("a"), out var info));
        Assert.Equal(TimeSpan.FromSeconds(10), info.TimeToLive);
        Assert.Equal((role, BlockKind.WriteOnce), (test.Swept("a").Role, test.Swept("a").Kind));
        Assert.Equal(role == BlockRole.Copy ? (1, 8192) : (0, 0), (test.Statistics.CopyBlocks, test.Statistics.CopyBytes));
    }

    [Theory]
    [InlineData(BlockRole.Last, false)]
    [InlineData(BlockRole.Copy, true)]
    public void TryPublishCopy_AnotherVersionThere_GivesWayToTheOwnersOnly(BlockRole role, bool isTaken)
    {
        using var test = new TestStore();
        var there = test.Put("a", 10);
        var version = test.NextVersion();
        Assert.Equal(isTaken, test.TryPutCopy("a", 20, version, role));
        test.AssertReads("a", isTaken ? version : there);
        Assert.Equal(isTaken ? 1 : 0, test.Statistics.CopyBlocks);
    }

    [Theory]
    [InlineData(BlockRole.Last)]
    [InlineData(BlockRole.Copy)]
    public void TryPublishCopy_SameVersionThere_IsRefusedAndChangesNothing(BlockRole role)
    {
        using var test = new TestStore();
        var version = test.Put("a", 10);
        Assert.True(test.Store.AddHolder(TestStore.Key("a"), version, 4));
        Assert.False(test.TryPutCopy("a", 10, version, role));
        Assert.Equal((BlockRole.Last, 16UL), (test.Swept("a").Role, test.Swept("a").Holders));
        Assert.Equal(0, test.Statistics.StagedBytes);
    }

    [Fact]
    public void TryPublishCopy_RegisterThere_IsRefused()
    {
        using var test = new TestStore();
        var version = test.Put("a", 10, kind: BlockKind.Overwritable);
        Assert.False(test.TryPutCopy("a", 10, test.NextVersion()));
        test.AssertReads("a", version);
    }

    [Fact]
    public void TryPublishCopy_WrongArguments_Throws()
    {
        using var test = new TestStore();
        using var other = new TestStore();
        using var elsewhere = other.TryStage(1, 10)!;
        using var staged = test.TryStage(1, 10)!;
        using var incomplete = test.Store.TryStage(10)!;
        Assert.Throws<ArgumentException>(() => test.Store.TryPublishCopy([], staged, test.NextVersion(), null, BlockRole.Copy));
        Assert.Throws<ArgumentException>(() => test.Store.TryPublishCopy("a"u8, staged, default, null, BlockRole.Copy));
        Assert.Throws<ArgumentException>(() => test.Store.TryPublishCopy("a"u8, elsewhere, test.NextVersion(), null, BlockRole.Copy));
        Assert.Throws<InvalidOperationException>(() => test.Store.TryPublishCopy("a"u8, incomplete, test.NextVersion(), null, BlockRole.Copy));
        Assert.True(test.Store.TryPublishCopy("a"u8, staged, test.NextVersion(), null, BlockRole.Copy));
        Assert.Throws<ObjectDisposedException>(() => test.Store.TryPublishCopy("b"u8, staged, test.NextVersion(), null, BlockRole.Copy));
    }
}
