using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Heat;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Heat;
using KvOrleans.Grains.Replication;
using KvOrleans.Grains.Tests.Metrics;
using KvOrleans.Grains.Tests.Replication;
using KvOrleans.Probes;
using KvOrleans.Probes.Clocks;
using KvOrleans.Storage;
using KvOrleans.Storage.Eviction;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvOrleans.Grains.Tests.Heat;

/// <summary>This silo is the first of eight and owns the blocks; what it reads of one is told to it as others would.</summary>
public sealed class HeatBookTests : IHandoffs, IDisposable
{
    private const int Length = 1000;

    private static readonly BlockVersion Version = new(1, new(1), 1);

    private static readonly string[] Names = [.. Enumerable.Range(0, 10_000).Select(i => $"kv:m/{i}")
        .Where(name => Rendezvous.OwnerOf(BlockKey.From(name), Maps.Of(10, 1, 2, 3, 4, 5, 6, 7, 8)) == 0).Take(100)];

    private readonly FixedMap _map = new(1, Maps.Of(10, 1, 2, 3, 4, 5, 6, 7, 8));
    private readonly BlockStore _store = new(new() { MemoryBytes = 8 << 20, MaxStagedShare = 1 }, new LruEvictionPolicy(), TimeProvider.System);
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedPeers _peers = new();
    private readonly HolderBits _holders;
    private readonly HeatCounters _counters;
    private readonly HeatBook _book;
    private readonly List<HotOffer> _offers = [];
    private readonly HashSet<SiloLife> _settled = [];
    private ImmutableArray<SiloDescriptor> _pending = [];

    public HeatBookTests()
    {
        _holders = new(_store);
        _holders.Follow(_map.Current);
        _counters = new(_store, PlainMeters.Instance);
        _peers.HotOffered = offer =>
        {
            lock (_offers)
                _offers.Add(offer);
            return Task.FromResult(HotAnswer.Extra);
        };
        _book = new(_store, _map, _holders, this, new(_peers, _counters, TimeProvider.System, NullLogger<HotCopier>.Instance), new(), _counters, _time);
    }

    HandoffState IHandoffs.Current => new(_map.Current, _pending);

    ImmutableArray<SiloDescriptor> IHandoffs.Pending => _pending;

    public void Dispose()
    {
        _book.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task Tick_HotBlock_IsCopiedToAllSilosAndListed()
    {
        var key = Put(1);
        Report(key, share: 0.5, reads: 60);
        _book.Tick(0);
        await HoldAsync(key, 8);
        Assert.Equal(7, _offers.Count);
        Assert.All(_offers, offer => Assert.Equal((_map.Life, key, Length), (offer.Owner, offer.Block.Key, offer.Block.Length)));
        Assert.Equal(7, _counters.CopiesMade);
        var listed = Assert.Single(_book.List.Blocks);
        Assert.Equal((key, Version, Length), (listed.Key, listed.Version, listed.Length));
    }

    [Fact]
    public async Task Tick_ManyCopies_ArePulledFromThoseThatHaveIt()
    {
        var key = Put(1);
        Report(key, share: 0.5, reads: 60);
        _book.Tick(0);
        await HoldAsync(key, 8);
        Assert.InRange(_offers.Count(offer => offer.From == _map.Life), 1, 3);
    }

    [Fact]
    public async Task Tick_BlockOfTenPercent_GoesToTheNextInTheHolderOrder()
    {
        var key = Put(1);
        Report(key, share: 0.105, reads: 60);
        _book.Tick(0);
        await HoldAsync(key, 4);
        var order = new int[8];
        Rendezvous.HolderOrder(KeyId.Of(key.Span), _map.Current, order);
        Assert.Equal(order.Take(4).Select(index => _map.Current.Silos[index].Life).ToHashSet(), _book.List.Blocks[0].Holders.ToHashSet());
    }

    [Fact]
    public void Tick_FortyBlocksReadAlike_CopiesNone()
    {
        for (var i = 0; i < 40; i++)
            Report(Put(i), share: 1.0 / 40, reads: 100);
        _book.Tick(1e9);
        Assert.Empty(_offers);
        Assert.Empty(_book.List.Blocks);
    }

    [Fact]
    public async Task Tick_SiloThatRefuses_IsPassedOverForAWhile()
    {
        var key = Put(1);
        _peers.HotOffered = offer =>
        {
            lock (_offers)
                _offers.Add(offer);
            return Task.FromResult(HotAnswer.Refused);
        };
        Report(key, share: 0.105, reads: 60);
        _book.Tick(0);
        await Eventually.HoldsAsync(() => Offers() == 7, "all are asked once");
        _book.Tick(0);
        Assert.Equal(7, Offers());
        _time.Advance(HeatRules.Rest);
        Report(key, share: 0.105, reads: 60);
        _book.Tick(0);
        await Eventually.HoldsAsync(() => Offers() == 14, "all are asked again");
        Assert.Empty(_book.List.Blocks);
    }

    [Fact]
    public async Task Tick_ExtraCopyThatIsNotReported_CountsNoMore()
    {
        var key = Put(1);
        Report(key, share: 0.5, reads: 60);
        _book.Tick(0);
        await HoldAsync(key, 8);
        _time.Advance(HeatRules.ReportLife + TimeSpan.FromSeconds(1));
        _map.Current = Maps.Of(11, 1);
        _book.Tick(0);
        Assert.Empty(_book.List.Blocks);
        Assert.Equal(0UL, _store.HoldersOf(key.Span, Version));
    }

    [Fact]
    public async Task Tick_SiloThatHasAnOrdinaryCopy_IsNotAskedAgain()
    {
        var key = Put(1);
        _peers.HotOffered = offer =>
        {
            lock (_offers)
                _offers.Add(offer);
            return Task.FromResult(HotAnswer.Ordinary);
        };
        for (var round = 0; round < 4; round++)
        {
            Report(key, share: 0.5, reads: 60);
            _book.Tick(0);
            await HoldAsync(key, 8);
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(7, Offers());
        Assert.Equal(0, _counters.CopiesMade);
    }

    [Fact]
    public async Task Report_OfExtras_KeepsWhileHotThenSettlesWhatWasEarnedAndLetsGoOfTheRest()
    {
        var key = Put(1);
        Report(key, share: 0.5, reads: 60);
        _book.Tick(0);
        await HoldAsync(key, 8);
        Assert.Equal(Enumerable.Repeat(HeatVerdict.Keep, 6).Prepend(HeatVerdict.Settle).Order(), ReportExtras(key, reads: 5).Values.Order());

        for (var i = 0; i < 60; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            ReportExtras(key, reads: 0);
            _book.Tick(0);
        }

        Assert.Equal(1, int.PopCount((int)_store.HoldersOf(key.Span, Version)));
        Assert.Empty(_book.List.Blocks);
        Assert.Equal(HeatVerdict.Keep, Assert.Single(ReportExtras(key, reads: 0)).Value);
    }

    [Fact]
    public void Report_ByANewOwner_KeepsWhatItFindsForAWhile()
    {
        var key = Put(1);
        var lives = _map.Current.Silos.Skip(1).Select(silo => silo.Life).ToList();
        foreach (var life in lives)
            Report(key, share: 0.01, reads: 1, life, isExtra: true);
        Assert.DoesNotContain(HeatVerdict.LetGo, lives.Select(life => Report(key, share: 0.01, reads: 1, life, isExtra: true)));
        _time.Advance(HeatRules.Grace);
        foreach (var life in lives)
            Report(key, share: 0.01, reads: 1, life, isExtra: true);
        _book.Tick(0);
        Assert.Contains(HeatVerdict.LetGo, lives.Select(life => Report(key, share: 0.01, reads: 1, life, isExtra: true)));
    }

    [Fact]
    public void Report_OfWhatTheOwnerDoesNotHave_LetsGo()
    {
        var key = Put(1);
        var other = _map.Current.Silos[1].Life;
        Assert.Equal(HeatVerdict.LetGo, Verdict(BlockKey.From(NameOf(2)), other, isExtra: true));
        Assert.Equal(HeatVerdict.LetGo, Verdict(key, other, isExtra: true, new(2, new(1), 1)));
        Assert.Equal(HeatVerdict.Unknown, Verdict(BlockKey.From(NameOf(2)), other, isExtra: false));
    }

    [Fact]
    public void Report_OfWhatTheOwnerWillBeGiven_KeepsIt()
    {
        _pending = [_map.Current.Silos[2]];
        Assert.Equal(HeatVerdict.Unknown, Verdict(BlockKey.From(NameOf(2)), _map.Current.Silos[1].Life, isExtra: true));
    }

    [Fact]
    public void Report_OfItsOwn_IsNoCopy()
    {
        var key = Put(1);
        Assert.Equal(HeatVerdict.Keep, Verdict(key, _map.Life, isExtra: true));
        Assert.Equal(0UL, _store.HoldersOf(key.Span, Version));
    }

    [Fact]
    public async Task Tick_PullFromAnotherHolderThatFails_IsNotHeldAgainstWhoAsked()
    {
        var key = Put(1);
        _peers.HotOffered = offer =>
        {
            lock (_offers)
                _offers.Add(offer);
            return Task.FromResult(offer.From == _map.Life ? HotAnswer.Extra : HotAnswer.Refused);
        };
        Report(key, share: 0.5, reads: 60);
        _book.Tick(0);
        await Eventually.HoldsAsync(() =>
        {
            _book.Tick(0);
            return _book.List.Blocks is [var block] && block.Holders.Length == 8;
        }, "all get it from the owner");
    }

    [Fact]
    public void Tick_AfterTheLifeEnded_DoesNothing()
    {
        var key = Put(1);
        Report(key, share: 0.5, reads: 60);
        _book.Dispose();
        _book.Tick(0);
        Assert.Equal(0, Offers());
    }

    [Fact]
    public void Report_OfWhatThisSiloDoesNotOwn_OrByAStranger_IsUnknown()
    {
        var foreign = Enumerable.Range(0, 100).Select(i => BlockKey.From($"kv:m/{i}")).First(key => Rendezvous.OwnerOf(key, _map.Current) != 0);
        Assert.Equal(HeatVerdict.Unknown, Verdict(foreign, _map.Current.Silos[1].Life, isExtra: true));
        Assert.Equal(HeatVerdict.Unknown, Verdict(Put(1), new(99), isExtra: true));
    }

    [Fact]
    public async Task List_WhenOnlyHeatChanges_KeepsItsNumber()
    {
        var key = Put(1);
        Report(key, share: 0.5, reads: 60);
        _book.Tick(0);
        await HoldAsync(key, 8);
        var before = _book.List;
        Report(key, share: 0.6, reads: 70);
        _book.Tick(0);
        Assert.Equal(before.Number, _book.List.Number);
        Assert.NotEqual(before.Blocks[0].BytesPerSecond, _book.List.Blocks[0].BytesPerSecond);
    }

    [Fact]
    public async Task Forget_ListedBlock_LeavesTheListAtOnce()
    {
        var key = Put(1);
        Report(key, share: 0.5, reads: 60);
        _book.Tick(0);
        await HoldAsync(key, 8);
        var before = _book.List.Number;
        _book.Forget(key);
        Assert.Empty(_book.List.Blocks);
        Assert.NotEqual(before, _book.List.Number);
    }

    [Fact]
    public void Report_OfMoreBlocksThanAreKept_IsBounded()
    {
        var size = 0;
        for (var i = 0; size <= HeatRules.MostBlocks && i < 8 * (HeatRules.MostBlocks + 100); i++)
        {
            var key = BlockKey.From($"kv:b/{i}");
            if (Rendezvous.OwnerOf(key, _map.Current) != 0)
                continue;
            Publish(key, 1);
            var verdict = Report(key, share: 0.02, reads: 2);
            Assert.Equal(size++ < HeatRules.MostBlocks ? HeatVerdict.Keep : HeatVerdict.Unknown, verdict);
        }

        Assert.Equal(HeatRules.MostBlocks + 1, size);
    }

    [Fact]
    public void CopyAllowance_OverdrawnByOne_WaitsForReads()
    {
        var allowance = new CopyAllowance();
        allowance.Make(HeatRules.Burst - 1);
        Assert.True(allowance.MayMake);
        allowance.Make(1000);
        Assert.False(allowance.MayMake);
        allowance.Read(9980);
        Assert.False(allowance.MayMake);
        allowance.Read(100);
        Assert.True(allowance.MayMake);
    }

    private static string NameOf(int number) => Names[number];

    private BlockKey Put(int number)
    {
        var key = BlockKey.From(NameOf(number));
        Publish(key, Length);
        return key;
    }

    private void Publish(BlockKey key, int length)
    {
        var staged = _store.TryStage(length)!;
        staged.Advance(length);
        Assert.True(_store.TryPublish(key.Span, null, staged, Version, null));
    }

    private int Offers()
    {
        lock (_offers)
            return _offers.Count;
    }

    private Task HoldAsync(BlockKey key, int holders) =>
        Eventually.HoldsAsync(() =>
        {
            _book.Tick(0);
            return _book.List.Blocks is [var block] && block.Key == key && block.Holders.Length == holders;
        }, $"{holders} hold it");

    private HeatVerdict Verdict(BlockKey key, SiloLife source, bool isExtra, BlockVersion? version = null) =>
        Assert.Single(_book.Report(new(source, _map.Current.Position, 1, 1, [new(key, version ?? Version, isExtra, 0, 0, 0)])));

    private HeatVerdict Report(BlockKey key, double share, double reads, SiloLife? source = null, bool isExtra = false) =>
        Assert.Single(_book.Report(new(source ?? _map.Life, _map.Current.Position, reads * Length / share, reads * Length / share,
            [new(key, Version, isExtra, reads * Length, reads * Length, reads)])));

    /// <summary>Every other holder reports its copy, extra until it was told to settle.</summary>
    private Dictionary<SiloLife, HeatVerdict> ReportExtras(BlockKey key, double reads)
    {
        var verdicts = new Dictionary<SiloLife, HeatVerdict>();
        foreach (var life in _holders.LivesOf(_store.HoldersOf(key.Span, Version)))
        {
            verdicts[life] = Assert.Single(_book.Report(new(life, _map.Current.Position, 1e5, 1e5,
                [new(key, Version, !_settled.Contains(life), reads * Length, reads * Length, reads)])));
            if (verdicts[life] == HeatVerdict.Settle)
                _settled.Add(life);
        }

        return verdicts;
    }
}
