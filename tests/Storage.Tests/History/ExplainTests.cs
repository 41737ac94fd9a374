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

        Assert.Equal(new(null, default, default, 0, 0, null, null, Minute), Explain("a"));
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

    private BlockExplanation Explain(string key) => _test.Store.Explain(TestStore.Key(key));

    private void AssertLeft(string key, DepartureReason reason, TimeSpan ago, BlockRole role = BlockRole.Last)
    {
        var known = Explain(key);
        Assert.Null(known.Info);
        Assert.Equal(new Departure(reason, role, ago), known.Departure);
    }
}
