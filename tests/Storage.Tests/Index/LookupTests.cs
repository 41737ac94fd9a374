using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.Tests.Index;

public sealed class LookupTests
{
    [Fact]
    public void TryOpen_AfterTheIndexGrewAndShrank_FindsExactlyWhatIsThere()
    {
        const int Keys = 6_000;
        using var test = new TestStore(memory: 12 * TestStore.Region, segment: 4 * TestStore.Region);
        var versions = Enumerable.Range(0, Keys).Select(i => test.Put($"key {i}", 1 + (i % 50))).ToList();
        for (var i = 0; i < Keys; i += 3)
            Assert.True(test.Store.TryRemove(TestStore.Key($"key {i}"), versions[i]));

        for (var i = 0; i < Keys; i++)
        {
            if (i % 3 == 0)
                Assert.False(test.Has($"key {i}"));
            else
                test.AssertReads($"key {i}", versions[i]);
        }

        Assert.Equal(0, test.Statistics.Evictions);
    }

    [Fact]
    public void TryOpen_KeyNoBlockCanHave_IsAbsent()
    {
        using var test = new TestStore();
        test.Put("a", 1);
        Assert.False(test.Store.TryOpen([], out _));
        Assert.False(test.Store.TryOpen(new byte[BlockKey.MaxLength + 1], out _));
    }

    [Fact]
    public void TryGetInfo_Present_TellsAll()
    {
        using var test = new TestStore();
        var version = test.Put("a", 5000, timeToLive: TimeSpan.FromSeconds(9));
        test.Time.Advance(TimeSpan.FromSeconds(2));
        test.Match(1, TimeSpan.FromSeconds(1), "a");

        Assert.True(test.Store.TryGetInfo(TestStore.Key("a"), out var info));
        Assert.Equal(new(version, 5000, BlockChecksum.Of(Content.Of(version.Sequence, 5000)), TimeSpan.FromSeconds(7), 1), info);
    }
}
