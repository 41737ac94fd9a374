using System.Text;
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
        Contracts.Blocks.BlockVersion? current = null;
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
