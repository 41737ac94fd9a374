using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.Tests.Staging;

public sealed class StagedBlockTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(4096, 4096)]
    [InlineData(100_000, 100_000)]
    [InlineData(100_000, 1)]
    [InlineData(100_000, 4095)]
    [InlineData(5_000_000, 300_001)]
    public void Advance_InAnyPieces_ChecksumIsThatOfTheBytes(int length, int chunk)
    {
        using var test = new TestStore(memory: 3 * TestStore.Region);
        using var staged = test.Store.TryStage(length);
        Assert.NotNull(staged);
        TestStore.Write(staged, Content.Of(3, length), chunk);
        Assert.True(staged.IsComplete);
        Assert.True(staged.Remaining.IsEmpty);
        Assert.Equal(BlockChecksum.Of(Content.Of(3, length)), staged.Checksum);
    }

    [Fact]
    public void Advance_HashUsedAgain_StartsAfresh()
    {
        using var test = new TestStore();
        for (var seed = 0; seed < 3; seed++)
        {
            using var abandoned = test.Store.TryStage(100);
            abandoned!.Advance(50);
            abandoned.Dispose();
            using var staged = test.Store.TryStage(1000);
            TestStore.Write(staged!, Content.Of(seed, 1000), chunk: 300);
            Assert.Equal(BlockChecksum.Of(Content.Of(seed, 1000)), staged!.Checksum);
        }
    }

    [Fact]
    public void Advance_BeyondRemaining_Throws()
    {
        using var test = new TestStore();
        using var staged = test.Store.TryStage(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => staged!.Advance(11));
        Assert.Throws<ArgumentOutOfRangeException>(() => staged!.Advance(-1));
        Assert.Equal(10, staged!.Remaining.Length);
    }

    [Fact]
    public void TryStage_LengthOutOfRange_Throws()
    {
        using var test = new TestStore(configure: options => options with { MaxBlockBytes = 100 });
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Store.TryStage(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Store.TryStage(101));
        Assert.Equal(100, test.Store.MaxBlockBytes);
    }

    [Fact]
    public void Dispose_Twice_FreesOnce()
    {
        using var test = new TestStore();
        var staged = test.TryStage(1, 10_000)!;
        Assert.Equal(3 * TestStore.Page, test.Statistics.StagedBytes);
        staged.Dispose();
        staged.Dispose();
        Assert.Equal(0, test.Statistics.StagedBytes);
        Assert.Equal(TestStore.Region, test.Statistics.FreeBytes);
        Assert.Throws<ObjectDisposedException>(() => staged.Remaining);
    }

    [Fact]
    public void Dispose_AfterPublish_LeavesTheBlock()
    {
        using var test = new TestStore();
        var version = test.NextVersion();
        var staged = test.TryStage(version.Sequence, 10_000)!;
        Assert.True(test.Store.TryPublish(TestStore.Key("a"), null, staged, version, null));
        staged.Dispose();
        test.AssertReads("a", version);
        Assert.Throws<ObjectDisposedException>(() => test.Store.TryPublish(TestStore.Key("b"), null, staged, version, null));
    }

    [Fact]
    public void Take_ATicket_OnlyOnce()
    {
        using var test = new TestStore();
        using var staged = test.TryStage(1, 10)!;
        using var other = test.TryStage(2, 10)!;
        var ticket = test.Store.Staging.Deposit(staged);
        var otherTicket = test.Store.Staging.Deposit(other);
        Assert.NotEqual(ticket, otherTicket);
        Assert.Null(test.Store.Staging.Take(ticket + otherTicket));
        Assert.Same(staged, test.Store.Staging.Take(ticket));
        Assert.Null(test.Store.Staging.Take(ticket));
    }
}
