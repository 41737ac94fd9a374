using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.Tests.Sweeps;

public sealed class DropTests
{
    private const int Registers = 700;

    [Fact]
    public void DropRegisters_SomeAreKept_DropsTheOthersAndNoBlock()
    {
        using var test = Filled();
        var version = test.Put("read", 9000, kind: BlockKind.Overwritable);
        Assert.True(test.Store.TryOpen("read"u8, out var block));
        Assert.Equal(Registers + 1, test.Statistics.Registers);

        Assert.Equal((Registers / 2) + 1, test.Store.DropRegisters(key => key[^1] is (byte)'0' or (byte)'2' or (byte)'4' or (byte)'6' or (byte)'8'));
        Assert.Equal(Registers / 2, test.Statistics.Registers);
        Assert.Equal(Enumerable.Range(0, Registers / 2).Select(i => i * 2), Enumerable.Range(0, Registers).Where(i => test.Has($"register {i}")));
        Assert.True(test.Has("block 1") && test.Has("block 699"));
        Assert.False(test.Has("read"));
        Assert.Equal(version, block.Version);
        TestStore.AssertContent(block);
        block.Dispose();
    }

    [Fact]
    public void DropRegisters_None_AsksNothing()
    {
        using var test = new TestStore();
        test.Put("a", 1);
        Assert.Equal(0, test.Store.DropRegisters(_ => throw new InvalidOperationException("There is no register to ask for.")));
    }

    [Fact]
    public void DropRegisters_OneIsReplacedWhileItIsAskedFor_TheNewOneStays()
    {
        using var test = new TestStore();
        var version = test.Put("a", 1, kind: BlockKind.Overwritable);
        Assert.Equal(0, test.Store.DropRegisters(_ =>
        {
            version = test.Put("a", 1, expected: version, kind: BlockKind.Overwritable);
            return false;
        }));
        test.AssertReads("a", version);
    }

    [Theory]
    [InlineData(BlockKind.Overwritable)]
    [InlineData(BlockKind.WriteOnce)]
    public void DropAll_OfAKind_LeavesTheOther(BlockKind kind)
    {
        using var test = Filled();
        test.PutCopy("copy", 1);
        Assert.Equal(kind == BlockKind.Overwritable ? Registers : Registers + 1, test.Store.DropAll(kind));
        Assert.Equal(0, test.Store.DropAll(kind));
        Assert.All(test.SweepAll(), block => Assert.NotEqual(kind, block.Kind));
        Assert.Equal(kind == BlockKind.Overwritable ? (0, Registers + 1) : (Registers, Registers), (test.Statistics.Registers, test.Statistics.Blocks));
    }

    [Fact]
    public void TryPublish_DecidedInAnEarlierGeneration_IsRefusedAndStaysTheCallers()
    {
        using var test = new TestStore();
        var earlier = test.Store.RegisterGeneration;
        using var staged = test.TryStage(1, 10)!;
        Assert.Equal(test.Store.RegisterGeneration + 1, test.Store.BeginRegisterGeneration());
        Assert.False(test.Store.TryPublish("a"u8, null, staged, test.NextVersion(), null, BlockKind.Overwritable, earlier));
        Assert.False(test.Has("a"));
        Assert.True(test.Store.TryPublish("a"u8, null, staged, test.NextVersion(), null, BlockKind.Overwritable, test.Store.RegisterGeneration));
        test.Put("b", 1, kind: BlockKind.Overwritable);
    }

    [Fact]
    public void Registers_RemovedReplacedAndExpired_AreCounted()
    {
        using var test = new TestStore();
        var removed = test.Put("removed", 1, kind: BlockKind.Overwritable);
        var replaced = test.Put("replaced", 1, kind: BlockKind.Overwritable);
        test.Put("expired", 1, timeToLive: TimeSpan.FromTicks(1), kind: BlockKind.Overwritable);
        Assert.Equal(3, test.Statistics.Registers);
        test.Store.TryRemove("removed"u8, removed);
        test.Put("replaced", 1, expected: replaced, kind: BlockKind.Overwritable);
        test.Time.Advance(TimeSpan.FromTicks(1));
        test.Store.SweepExpired(10);
        Assert.Equal(1, test.Statistics.Registers);
    }

    private static TestStore Filled()
    {
        var test = new TestStore(memory: 4 * TestStore.Region);
        for (var i = 0; i < Registers; i++)
        {
            test.Put($"register {i}", 1, kind: BlockKind.Overwritable);
            test.Put($"block {i}", 1);
        }

        return test;
    }
}
