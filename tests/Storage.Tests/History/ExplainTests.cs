using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.History;

namespace KvOrleans.Storage.Tests.History;

public sealed class ExplainTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly TestStore _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Explain_OfWhatIsHere_TellsAllOfIt()
    {
        var version = _test.Put("a", 5);
        _test.Use("a");
        _test.Use("a");
        _test.Store.AddHolder(TestStore.Key("a"), version, 3);
        _test.Match(1, Minute, "a");
        _test.Time.Advance(Minute / 2);

        var known = Explain("a");

        Assert.Equal((version, 5, 1), (known.Info!.Value.Version, known.Info.Value.Length, known.Info.Value.Leases));
        Assert.Equal((BlockRole.Last, BlockKind.WriteOnce, 3, 8UL), (known.Role, known.Kind, known.Uses, known.Holders));
        Assert.Equal((null, null, Minute / 2), (known.Departure, known.Buried, known.Remembers));
        Assert.Equal(3, Explain("a").Uses);
    }

    [Fact]
    public void Explain_OfWhatNeverWas_SaysHowFarItRemembers()
    {
        _test.Time.Advance(Minute);

        Assert.Equal(new(null, default, default, 0, 0, null, null, Minute, 0, IsOrphan: false), Explain("a"));
        Assert.Throws<ArgumentException>(() => _test.Store.Explain(new byte[BlockKey.MaxLength + 1]));
    }

    [Fact]
    public void Explain_OfWhatLeft_SaysWhyAndWhenAndWhatItWas()
    {
        _test.Put("expired", 1, timeToLive: Minute);
        _test.Time.Advance(Minute);
        Assert.False(_test.Has("expired"));
        var removed = _test.Put("removed", 1);
        Assert.True(_test.Store.TryRemove(TestStore.Key("removed"), removed));
        _test.PutCopy("buried", 1);
        Assert.True(_test.Bury("buried", _test.NextVersion()));
        _test.Put("register", 1, kind: BlockKind.Overwritable);
        Assert.Equal(1, _test.Store.DropRegisters(_ => false));
        _test.Put("distrusted", 1);
        Assert.Equal(1, _test.Store.DropAll(BlockKind.WriteOnce));
        _test.Time.Advance(Minute);

        AssertLeft("expired", DepartureReason.Expired, Minute);
        AssertLeft("removed", DepartureReason.Removed, Minute);
        AssertLeft("buried", DepartureReason.Invalidated, Minute, BlockRole.Copy);
        AssertLeft("register", DepartureReason.RegisterLost, Minute);
        AssertLeft("distrusted", DepartureReason.Distrusted, Minute);
        Assert.Equal(Minute, Explain("buried").Buried);
        Assert.Null(Explain("removed").Buried);
    }

    [Fact]
    public void Explain_OfWhatWasEvicted_SaysSo()
    {
        _test.Put("old", TestStore.Region / 2);
        _test.Put("new", TestStore.Region);

        AssertLeft("old", DepartureReason.Evicted, TimeSpan.Zero);
    }

    [Fact]
    public void Explain_OfWhatAnotherOwnsByNow_SaysThatItMoved()
    {
        foreach (var key in new[] { "moved", "not taken", "copy" })
        {
            var version = key == "copy" ? _test.PutCopy(key, 1) : _test.Put(key, 1);
            if (key != "copy")
                Assert.True(_test.Store.SetRole(TestStore.Key(key), version, BlockRole.Copy));
            if (key != "not taken")
                Assert.True(_test.Store.AddHolder(TestStore.Key(key), version, 1));
        }

        _test.TryStage(1, TestStore.Region)!.Dispose();

        AssertLeft("moved", DepartureReason.Moved, TimeSpan.Zero, BlockRole.Copy);
        AssertLeft("not taken", DepartureReason.Evicted, TimeSpan.Zero, BlockRole.Copy);
        AssertLeft("copy", DepartureReason.Evicted, TimeSpan.Zero, BlockRole.Copy);
    }

    [Fact]
    public void FindOtherFingerprints_OfABlock_FindsTheSameHashUnderAnother()
    {
        foreach (var key in new[] { "kv:a/1", "kv:b/1", "kv:a/2", "kv:a/x/3", "no/4", "kv:5" })
            _test.Put(key, 1);
        BlockKey[] asked = [.. new[] { "kv:c/1", "kv:a/2", "kv:b/x/3", "kv:x/4", "no/1", "kv:b/5", "kv:d/1", "kv:e/" }.Select(BlockKey.From)];

        var found = _test.Store.FindOtherFingerprints(asked, 1000, Minute, out var isWhole);

        Assert.True(isWhole);
        Assert.Equal(["1", "", "kv:a/x/3", "", "", "", "1", ""], found.Select(key => key == BlockKey.From("kv:a/1") || key == BlockKey.From("kv:b/1") ? "1" : Text(key)));
    }

    [Theory]
    [InlineData(500, 60, false)]
    [InlineData(2000, 0, false)]
    [InlineData(2000, 60, true)]
    public void FindOtherFingerprints_OfMany_StopsAtItsBounds(int records, int seconds, bool isWhole)
    {
        using var test = new TestStore(memory: 2 * TestStore.Region);
        for (var i = 0; i < 1000; i++)
            test.Put($"kv:a/{i}", 1);

        var found = test.Store.FindOtherFingerprints([BlockKey.From("kv:c/1"), BlockKey.From("kv:c/999")], records, TimeSpan.FromSeconds(seconds), out var whole);

        Assert.Equal(isWhole, whole);
        Assert.Equal(["kv:a/1", isWhole ? "kv:a/999" : ""], found.Select(Text));
    }

    [Fact]
    public void Explain_OfWhatWasReplaced_ItHasNotLeft()
    {
        var first = _test.Put("a", 1, kind: BlockKind.Overwritable);
        _test.Put("a", 2, first, kind: BlockKind.Overwritable);

        Assert.Null(Explain("a").Departure);
    }

    [Fact]
    public void Explain_OfATombstoneThatWasTakenOver_SaysWhenItWasToldOf()
    {
        _test.Store.AdoptTombstone(new(KeyId.Of(TestStore.Key("a")), _test.NextVersion(), Minute));
        _test.Time.Advance(Minute);

        Assert.Equal((null, 2 * Minute), (Explain("a").Departure, Explain("a").Buried));
    }

    [Fact]
    public void Statistics_OfTheIndex_CountWhatIsRemembered()
    {
        var version = _test.Put("a", 1);
        var before = _test.Statistics.IndexBytes;
        Assert.True(_test.Store.TryRemove(TestStore.Key("a"), version));

        Assert.Equal(before - 1 + (20 * DepartureBook.Capacity), _test.Statistics.IndexBytes);
    }

    private static string Text(BlockKey key) => System.Text.Encoding.ASCII.GetString(key.Span);

    private BlockExplanation Explain(string key) => _test.Store.Explain(TestStore.Key(key));

    private void AssertLeft(string key, DepartureReason reason, TimeSpan ago, BlockRole role = BlockRole.Last)
    {
        var known = Explain(key);
        Assert.Null(known.Info);
        Assert.Equal(new Departure(reason, role, ago), known.Departure);
    }
}
