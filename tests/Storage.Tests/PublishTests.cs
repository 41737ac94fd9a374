namespace KvOrleans.Storage.Tests;

public sealed class PublishTests
{
    [Fact]
    public void TryPublish_NotTheExpectedVersion_RefusesAndLeavesTheStagedBytes()
    {
        using var test = new TestStore();
        var first = test.Put("a", 100);
        using var staged = test.TryStage(99, 50)!;

        Assert.False(test.Store.TryPublish(TestStore.Key("a"), null, staged, test.NextVersion(), null));
        Assert.False(test.Store.TryPublish(TestStore.Key("a"), test.NextVersion(), staged, test.NextVersion(), null));
        Assert.False(test.Store.TryPublish(TestStore.Key("b"), first, staged, test.NextVersion(), null));
        test.AssertReads("a", first);
        Assert.False(test.Has("b"));
        Assert.True(test.Store.TryPublish(TestStore.Key("a"), first, staged, test.NextVersion(), null));
    }

    [Fact]
    public void TryPublish_Replaces_OldBytesStayUntilTheLastReaderGoes()
    {
        using var test = new TestStore();
        var old = test.Put("a", 9000);
        Assert.True(test.Store.TryOpen(TestStore.Key("a"), out var first));
        Assert.True(test.Store.TryOpen(TestStore.Key("a"), out var second));
        var @new = test.Put("a", 5000, expected: old);
        Assert.Equal(3 * TestStore.Page, test.Statistics.RetiredBytes);

        first.Dispose();
        first.Dispose();
        Assert.Equal(old, second.Version);
        TestStore.AssertContent(second);
        test.AssertReads("a", @new);
        Assert.Equal(TestStore.Region - (5 * TestStore.Page), test.Statistics.FreeBytes);

        second.Dispose();
        Assert.Equal(TestStore.Region - (2 * TestStore.Page), test.Statistics.FreeBytes);
        Assert.Equal(0, test.Statistics.RetiredBytes);
    }

    [Fact]
    public void TryPublish_NotComplete_Throws()
    {
        using var test = new TestStore();
        using var staged = test.Store.TryStage(10)!;
        staged.Advance(9);
        Assert.Throws<InvalidOperationException>(() => staged.Checksum);
        Assert.Throws<InvalidOperationException>(() => test.Store.TryPublish(TestStore.Key("a"), null, staged, test.NextVersion(), null));
        Assert.False(test.Has("a"));
    }

    [Fact]
    public void TryPublish_BadArguments_Throws()
    {
        using var test = new TestStore();
        using var elsewhere = new TestStore();
        using var staged = test.TryStage(1, 10)!;
        Assert.Throws<ArgumentException>(() => test.Store.TryPublish([], null, staged, test.NextVersion(), null));
        Assert.Throws<ArgumentException>(() => test.Store.TryPublish(new byte[513], null, staged, test.NextVersion(), null));
        Assert.Throws<ArgumentException>(() => test.Store.TryPublish(TestStore.Key("a"), null, staged, default, null));
        Assert.Throws<ArgumentException>(() => elsewhere.Store.TryPublish(TestStore.Key("a"), null, staged, test.NextVersion(), null));
    }

    [Fact]
    public void TryRemove_OnlyTheExpectedVersion()
    {
        using var test = new TestStore();
        var version = test.Put("a", 100);
        Assert.False(test.Store.TryRemove(TestStore.Key("a"), test.NextVersion()));
        Assert.False(test.Store.TryRemove(TestStore.Key("b"), version));
        test.AssertReads("a", version);
        Assert.True(test.Store.TryRemove(TestStore.Key("a"), version));
        Assert.False(test.Has("a"));
        Assert.False(test.Store.TryRemove(TestStore.Key("a"), version));
        Assert.Equal(TestStore.Region, test.Statistics.FreeBytes);
    }

    [Fact]
    public void TryPublish_EmptyBlock_TakesOnePage()
    {
        using var test = new TestStore();
        var version = test.Put("a", 0);
        test.AssertReads("a", version);
        Assert.Equal(TestStore.Region - TestStore.Page, test.Statistics.FreeBytes);
    }
}
