using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Tests.Copies;

public sealed class HolderTests
{
    [Fact]
    public void Holders_AddedAndRemoved_AreABitEach()
    {
        using var test = new TestStore();
        var version = test.Put("a", 1);
        Assert.Equal(0UL, test.Store.HoldersOf("a"u8, version));
        Assert.True(test.Store.AddHolder("a"u8, version, 0));
        Assert.True(test.Store.AddHolder("a"u8, version, 63));
        Assert.True(test.Store.AddHolder("a"u8, version, 63));
        Assert.Equal((1UL << 63) | 1, test.Store.HoldersOf("a"u8, version));
        Assert.True(test.Store.RemoveHolder("a"u8, version, 0));
        Assert.Equal(1UL << 63, test.Store.HoldersOf("a"u8, version));
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Store.AddHolder("a"u8, version, 64));
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Store.RemoveHolder("a"u8, version, -1));
    }

    [Fact]
    public void Holders_OfAnotherVersion_AreNoneAndAreNotNoted()
    {
        using var test = new TestStore();
        var version = test.Put("a", 1);
        Assert.True(test.Store.AddHolder("a"u8, version, 5));
        Assert.False(test.Store.AddHolder("a"u8, test.NextVersion(), 6));
        Assert.False(test.Store.RemoveHolder("a"u8, test.NextVersion(), 5));
        Assert.False(test.Store.AddHolder("b"u8, version, 6));
        Assert.Equal(0UL, test.Store.HoldersOf("a"u8, test.NextVersion()));
        Assert.Equal(0UL, test.Store.HoldersOf("b"u8, version));
        Assert.Equal(32UL, test.Store.HoldersOf("a"u8, version));

        var next = test.Put("a", 1, expected: version);
        Assert.Equal((0UL, 0UL), (test.Store.HoldersOf("a"u8, version), test.Store.HoldersOf("a"u8, next)));
    }

    [Fact]
    public void ForgetHolders_OfManyBlocks_ClearsTheirBitsOnly()
    {
        using var test = new TestStore(memory: 3 * TestStore.Region);
        var versions = Enumerable.Range(0, 1200).Select(i => test.Put($"{i}", 1)).ToList();
        for (var i = 0; i < versions.Count; i++)
            Assert.True(test.Store.AddHolder(TestStore.Key($"{i}"), versions[i], i % 3));
        Assert.Equal(800, test.Store.ForgetHolders(0b101));
        Assert.Equal(0, test.Store.ForgetHolders(0b101));
        Assert.Equal(400, versions.Where((version, i) => test.Store.HoldersOf(TestStore.Key($"{i}"), version) == 2).Count());
        Assert.Equal(400, test.SweepAll().Count(block => block.Holders != 0));
    }
}
