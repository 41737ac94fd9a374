using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Sweeps;

namespace KvOrleans.Storage.Tests.Sweeps;

public sealed class SweepTests
{
    [Fact]
    public void ClassOf_IsLogarithmic() => Assert.Equal(
        [0, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 7, 8, 8],
        new byte[] { 0, 1, 2, 3, 4, 7, 8, 15, 16, 32, 64, 127, 128, 255 }.Select(BlockSweep.ClassOf));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public void Sweep_AllBlocks_TheMostUsedClassesFirst(int recordsAtOnce)
    {
        using var test = new TestStore();
        for (var i = 0; i < 40; i++)
        {
            test.Put($"{i}", i);
            for (var use = 0; use < i * 5 % 40; use++)
                test.Use($"{i}");
        }

        var blocks = test.SweepAll(recordsAtOnce);
        Assert.Equal(Enumerable.Range(0, 40), blocks.Select(block => block.Info.Length).Order());
        Assert.All(blocks, block => Assert.Equal(block.Info.Length * 5 % 40, block.Uses));
        var classes = blocks.Select(block => BlockSweep.ClassOf(block.Uses)).ToList();
        Assert.Equal(classes.OrderDescending(), classes);
        Assert.Equal(40, test.SweepAll(recordsAtOnce).Count);
    }

    [Fact]
    public void Sweep_TellsWhatTheRecordHolds()
    {
        using var test = new TestStore();
        var version = test.Put("a", 5, timeToLive: TimeSpan.FromSeconds(4));
        Assert.True(test.Store.AddHolder("a"u8, version, 1));
        test.Put("b", 1, kind: BlockKind.Overwritable);
        test.PutCopy("c", 1);
        test.Use("b");
        Assert.Equal(
            new(BlockKey.From("a"), new(version, 5, BlockChecksum.Of(Content.Of(version.Sequence, 5)), TimeSpan.FromSeconds(4), 0),
                BlockRole.Last, BlockKind.WriteOnce, 0, 2),
            test.Swept("a"));
        Assert.Equal((BlockKind.Overwritable, 1), (test.Swept("b").Kind, test.Swept("b").Uses));
        Assert.Equal((BlockKind.WriteOnce, BlockRole.Copy), (test.Swept("c").Kind, test.Swept("c").Role));
    }

    [Fact]
    public void Sweep_UsesGrowMeanwhile_MissesNoneAndVisitsNoneTwice()
    {
        using var test = new TestStore();
        for (var i = 0; i < 30; i++)
            test.Put($"{i}", 1);
        var sweep = test.Store.BeginSweep();
        var blocks = new List<SweptBlock>();
        for (var round = 0; test.Store.Sweep(sweep, 3, blocks); round++)
        {
            test.Use($"{round % 30}");
            test.Use($"{round * 7 % 30}");
        }

        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{i}").Order(), Names(blocks).Order());
    }

    [Fact]
    public void Sweep_TwoAtOnce_NeitherMissesAny()
    {
        using var test = new TestStore();
        for (var i = 0; i < 30; i++)
        {
            test.Put($"{i}", 1);
            if (i % 3 == 0)
                test.Use($"{i}");
        }

        var (one, other) = (test.Store.BeginSweep(), test.Store.BeginSweep());
        var (ofOne, ofOther) = (new List<SweptBlock>(), new List<SweptBlock>());
        while (test.Store.Sweep(one, 4, ofOne) | test.Store.Sweep(other, 9, ofOther))
        {
        }

        Assert.Equal(30, Names(ofOne).Distinct().Count());
        Assert.Equal(30, Names(ofOther).Distinct().Count());
    }

    [Fact]
    public void Sweep_ExpiredAndRemovedBlocks_AreNotVisited()
    {
        using var test = new TestStore();
        test.Put("expired", 1, timeToLive: TimeSpan.FromTicks(1));
        var removed = test.Put("removed", 1);
        var replaced = test.Put("replaced", 1);
        test.Put("stays", 1);
        Assert.True(test.Store.TryOpen("removed"u8, out var block));
        test.Store.TryRemove("removed"u8, removed);
        var version = test.Put("replaced", 1, expected: replaced);
        test.Time.Advance(TimeSpan.FromTicks(1));
        var blocks = test.SweepAll();
        Assert.Equal(["replaced", "stays"], Names(blocks).Order());
        Assert.Equal(version, blocks.Single(swept => swept.Key.Length == "replaced".Length).Info.Version);
        block.Dispose();
    }

    [Fact]
    public void Sweep_OfNothing_Ends()
    {
        using var test = new TestStore();
        Assert.Empty(test.SweepAll());
        var sweep = test.Store.BeginSweep();
        Assert.False(test.Store.Sweep(sweep, 100, []));
        Assert.True(sweep.IsDone);
        Assert.False(test.Store.Sweep(sweep, 100, []));
    }

    private static IEnumerable<string> Names(List<SweptBlock> blocks) => blocks.Select(block => Encoding.UTF8.GetString(block.Key.Span));
}
