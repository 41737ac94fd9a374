using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Tests;

public sealed class LifetimeTests
{
    [Fact]
    public void Dispose_WithBlocksLeasesDepositsAndTombstones_ReturnsEverything()
    {
        using var test = new TestStore(memory: 3 * TestStore.Region);
        for (var i = 0; i < 700; i++)
            test.Put($"{i}", i);
        for (var i = 0; i < 2_000; i++)
            test.Bury($"gone {i}", test.NextVersion());
        test.PutCopy("copy", 1);
        test.Use("3");
        test.Store.Staging.Deposit(test.TryStage(2, 100, BlockRole.Copy)!);
        test.Match(1, TimeSpan.FromSeconds(1), "1", "2");
        test.Match(2, TimeSpan.FromSeconds(2), "1");
        test.Store.Staging.Deposit(test.TryStage(1, 100)!);
        Assert.NotEqual(default, test.Store.GetNativeFootprint());

        test.Store.Dispose();
        Assert.Equal(default, test.Store.GetNativeFootprint());
        test.Store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => test.Store.TryStage(1));
        Assert.Throws<ObjectDisposedException>(() => test.Store.TryOpen(TestStore.Key("1"), out _));
        Assert.Throws<ObjectDisposedException>(() => test.Match(1, TimeSpan.FromSeconds(1), "1"));
        Assert.Throws<ObjectDisposedException>(() => test.Store.GetStatistics());
        Assert.Throws<ObjectDisposedException>(() => test.Store.TakeReused(new ReusedBlock[1]));
        Assert.Throws<ObjectDisposedException>(() => test.Store.TakeEvictedCopies(new EvictedCopy[1]));
        Assert.Throws<ObjectDisposedException>(() => test.Store.HasRoomForCopy(1));
        Assert.Throws<ObjectDisposedException>(() => test.Store.SetRole("1"u8, test.NextVersion(), BlockRole.Copy));
        Assert.Throws<ObjectDisposedException>(() => test.Store.AddHolder("1"u8, test.NextVersion(), 1));
        Assert.Throws<ObjectDisposedException>(() => test.Store.HoldersOf("1"u8, test.NextVersion()));
        Assert.Throws<ObjectDisposedException>(() => test.Store.ForgetHolders(1));
        Assert.Throws<ObjectDisposedException>(() => test.Store.BeginSweep());
        Assert.Throws<ObjectDisposedException>(() => test.Bury("1", test.NextVersion()));
        Assert.Throws<ObjectDisposedException>(() => test.Store.AdoptTombstone(new(default, test.NextVersion(), default)));
        Assert.Throws<ObjectDisposedException>(() => Told(test.Store));
        Assert.Throws<ObjectDisposedException>(() => test.Store.TombstoneHorizon);
        Assert.Throws<ObjectDisposedException>(() => test.Store.DropBuried());
        Assert.Throws<ObjectDisposedException>(() => test.Store.DropRegisters(_ => true));
        Assert.Throws<ObjectDisposedException>(() => test.Store.DropAll(BlockKind.WriteOnce));
        Assert.Equal(0, test.Store.Release(1, 1));
        test.Store.ReleaseAll(1);
    }

    [Fact]
    public void Dispose_ReadersAndStagedStillThere_MemoryStaysUntilTheLast()
    {
        using var test = new TestStore();
        test.Put("a", 9000);
        Assert.True(test.Store.TryOpen(TestStore.Key("a"), out var block));
        var staged = test.Store.TryStage(5000)!;
        test.Store.Dispose();

        TestStore.AssertContent(block);
        Assert.Equal(1, test.Store.GetNativeFootprint().Segments);
        block.Dispose();
        block.Dispose();
        TestStore.Write(staged, Content.Of(1, 5000));
        Assert.Throws<ObjectDisposedException>(() => test.Store.TryPublish(TestStore.Key("b"), null, staged, test.NextVersion(), null));
        Assert.Throws<ObjectDisposedException>(() => test.Store.Staging.Deposit(staged));
        staged.Dispose();
        Assert.Equal(default, test.Store.GetNativeFootprint());
        Assert.Throws<ObjectDisposedException>(() => block.GetSegment(0));
    }

    private static int Told(BlockStore store)
    {
        var cursor = 0;
        return store.TombstonesSince(TimeSpan.MaxValue, ref cursor, new Contracts.Control.Tombstone[1]);
    }
}
