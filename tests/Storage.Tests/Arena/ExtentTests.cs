namespace KvOrleans.Storage.Tests.Arena;

public sealed class ExtentTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(TestStore.Page, 1)]
    [InlineData(TestStore.Region, 1)]
    [InlineData(7 * TestStore.Region / 2, 1)]
    public void Open_FreshArena_OnePiece(int length, int segments)
    {
        using var test = new TestStore(memory: 4 * TestStore.Region, segment: 4 * TestStore.Region);
        test.Put("a", length);
        Assert.True(test.Store.TryOpen(TestStore.Key("a"), out var block));
        using (block)
            Assert.Equal(segments, block.SegmentCount);
    }

    [Fact]
    public void Open_UniformArenaAtSteadyState_OnePiece()
    {
        using var test = new TestStore(memory: 4 * TestStore.Region, segment: 4 * TestStore.Region);
        for (var i = 0; i < 100; i++)
        {
            test.Put($"{i}", TestStore.Region / 2);
            Assert.True(test.Store.TryOpen(TestStore.Key($"{i}"), out var block));
            using (block)
                Assert.Equal(1, block.SegmentCount);
        }
    }

    [Fact]
    public void Open_BlockAcrossSegments_ReadsAsWritten()
    {
        using var test = new TestStore(memory: 5 * TestStore.Region, segment: TestStore.Region);
        var version = test.Put("huge", (5 * TestStore.Region) - 3);
        Assert.True(test.Store.TryOpen(TestStore.Key("huge"), out var block));
        using (block)
            Assert.Equal(5, block.SegmentCount);
        test.AssertReads("huge", version);
    }

    [Fact]
    public void Open_BlockInScatteredPages_ReadsAsWritten()
    {
        using var test = new TestStore();
        var versions = Enumerable.Range(0, 512).Select(i => test.Put($"{i}", TestStore.Page)).ToList();
        for (var i = 0; i < 512; i += 2)
            Assert.True(test.Store.TryRemove(TestStore.Key($"{i}"), versions[i]));

        var scattered = test.Put("scattered", (256 * TestStore.Page) - 1);
        Assert.Equal(0, test.Statistics.FreeBytes);
        Assert.Equal(0, test.Statistics.Evictions);
        Assert.True(test.Store.TryOpen(TestStore.Key("scattered"), out var block));
        using (block)
            Assert.Equal(256, block.SegmentCount);
        test.AssertReads("scattered", scattered);
        for (var i = 1; i < 512; i += 2)
            test.AssertReads($"{i}", versions[i]);
    }

    [Fact]
    public void GetSegment_AfterDispose_Throws()
    {
        using var test = new TestStore();
        test.Put("a", 10);
        Assert.True(test.Store.TryOpen(TestStore.Key("a"), out var block));
        block.Dispose();
        Assert.Throws<ObjectDisposedException>(() => block.GetSegment(0));
    }
}
