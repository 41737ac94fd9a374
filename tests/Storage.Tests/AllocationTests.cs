using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Leases;

namespace KvOrleans.Storage.Tests;

public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int Rounds = 2_000;
    private const int Keys = 300;

    [Fact]
    public void TryOpen_ReadAndDispose_AllocatesNothing()
    {
        using var test = Filled();
        var key = TestStore.Key("100");
        AssertAllocates(0, () =>
        {
            Assert.True(test.Store.TryOpen(key, out var block));
            for (var i = 0; i < block.SegmentCount; i++)
                _ = block.GetSegment(i).Span;
            block.Dispose();
        });
    }

    [Fact]
    public void Match_LookUp_AllocatesNothing()
    {
        using var test = Filled();
        var (buffer, ranges, results) = Chain();
        AssertAllocates(0, () => Assert.True(test.Store.Match(1, new(buffer, ranges), results, TimeSpan.Zero).Found == Keys));
    }

    [Fact]
    public void Match_AndRelease_AllocatesTheLeaseOnly()
    {
        using var test = Filled();
        var (buffer, ranges, results) = Chain();
        AssertAllocates(120, () =>
        {
            var grant = test.Store.Match(1, new(buffer, ranges), results, TimeSpan.FromSeconds(1));
            Assert.True(test.Store.Release(1, grant.LeaseId) == Keys);
        });
    }

    [Fact]
    public void Publish_WithEviction_AllocatesTheStagedBlockOnly()
    {
        using var test = Filled();
        var key = TestStore.Key("new");
        BlockVersion? current = null;
        AssertAllocates(160, () =>
        {
            var staged = test.Store.TryStage(20_000)!;
            staged.Advance(10_000);
            staged.Advance(10_000);
            var version = test.NextVersion();
            Assert.True(test.Store.TryPublish(key, current, staged, version, null));
            current = version;
        });
    }

    [Fact]
    public void PublishCopy_WithEviction_AllocatesTheStagedBlockOnly()
    {
        using var test = Filled();
        var key = TestStore.Key("new");
        AssertAllocates(160, () =>
        {
            var staged = test.Store.TryStage(20_000, BlockRole.Copy)!;
            staged.Advance(20_000);
            Assert.True(test.Store.TryPublishCopy(key, staged, test.NextVersion(), null, BlockRole.Copy));
        });
    }

    [Fact]
    public void PublishCopy_WithEvictionOfACopyThatAnotherKnowsOf_AllocatesTheStagedBlockOnly()
    {
        using var test = new TestStore();
        var keys = Enumerable.Range(0, 2 * Rounds).Select(i => TestStore.Key($"{i}")).ToArray();
        var next = 0;
        AssertAllocates(160, Publish);
        Assert.NotEqual(0, test.Statistics.Evictions);
        Assert.Equal(test.Statistics.Evictions, test.Store.TakeEvictedCopies(new EvictedCopy[2 * Rounds]));

        void Publish()
        {
            var key = keys[next++];
            var staged = test.Store.TryStage(20_000, BlockRole.Copy)!;
            staged.Advance(20_000);
            var version = test.NextVersion();
            Assert.True(test.Store.TryPublishCopy(key, staged, version, null, BlockRole.Copy));
            Assert.True(test.Store.AddHolder(key, version, 1));
        }
    }

    [Fact]
    public void TryOpen_FirstUse_AllocatesNothing()
    {
        using var test = new TestStore(memory: 16 * TestStore.Region, segment: 16 * TestStore.Region);
        for (var i = 0; i < 2 * Rounds; i++)
            test.Put($"{i}", 1);
        var keys = Enumerable.Range(0, 2 * Rounds).Select(i => TestStore.Key($"{i}")).ToArray();
        var next = 0;
        AssertAllocates(0, () =>
        {
            Assert.True(test.Store.TryOpen(keys[next++], out var block));
            block.Dispose();
        });
        Assert.Equal(100, test.TakeReused().Count);
    }

    [Fact]
    public void RolesAndHolders_Change_AllocatesNothing()
    {
        using var test = Filled();
        var key = TestStore.Key("100");
        Assert.True(test.Store.TryGetInfo(key, out var info));
        AssertAllocates(0, () =>
        {
            Assert.True(test.Store.AddHolder(key, info.Version, 3));
            Assert.True(test.Store.SetRole(key, info.Version, BlockRole.Copy));
            Assert.True(test.Store.SetRole(key, info.Version, BlockRole.Last));
            Assert.True(test.Store.HoldersOf(key, info.Version) == 8);
            Assert.True(test.Store.RemoveHolder(key, info.Version, 3));
        });
    }

    [Fact]
    public void Bury_AllocatesNothing()
    {
        using var test = new TestStore(configure: options => options with { MaxTombstones = 100 });
        var keys = Enumerable.Range(0, 200).Select(i => TestStore.Key($"{i}")).ToArray();
        var next = 0;
        AssertAllocates(0, () =>
        {
            var key = keys[next++ % keys.Length];
            test.Store.Bury(KeyId.Of(key), key, test.NextVersion());
        });
    }

    [Fact]
    public void DropRegisters_OneAmongMany_AllocatesLittle()
    {
        using var test = Filled();
        test.Put("register", 1, kind: BlockKind.Overwritable);
        AssertAllocates(2048, () => Assert.True(test.Store.DropRegisters(_ => true) == 0));
    }

    private static TestStore Filled()
    {
        var test = new TestStore(configure: options => options with { MaxLeasedShare = 1, MaxLeasedSharePerOwner = 1 });
        for (var i = 0; i < Keys; i++)
            test.Put($"{i:d3}", 1);
        return test;
    }

    private static (byte[] Buffer, (int, int)[] Ranges, KeyMatch[] Results) Chain() => (
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Keys).Select(i => $"{i:d3}"))),
        [.. Enumerable.Range(0, Keys).Select(i => (3 * i, 3))],
        new KeyMatch[Keys]);

    private void AssertAllocates(long mostBytes, Action action)
    {
        for (var i = 0; i < Rounds; i++)
            action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
            action();
        var bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
        output.WriteLine($"{bytes:f1} bytes each");
        Assert.InRange(bytes, 0, mostBytes);
    }
}
