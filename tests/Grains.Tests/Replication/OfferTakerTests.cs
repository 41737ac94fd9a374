using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Errors;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Replication;
using KvOrleans.Grains.Tests.Metrics;
using KvOrleans.Probes;
using KvOrleans.Storage;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Eviction;
using KvOrleans.Storage.Staging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvOrleans.Grains.Tests.Replication;

/// <summary>What is taken of offers, and what is answered.</summary>
public sealed class OfferTakerTests : IBlockPuller, IDrainer, IAsyncLifetime
{
    private readonly FixedMap _map = new(1, Maps.Of(10, 1, 2));
    private readonly BlockStore _store = new(new() { MemoryBytes = 4 << 20, MaxStagedShare = 1 }, new LruEvictionPolicy(), TimeProvider.System);
    private readonly ReplicationCounters _counters = new(PlainMeters.Instance);
    private readonly HolderBits _holders;
    private readonly TombstoneCatchUp _catchUp;
    private readonly OfferTaker _taker;
    private TaskCompletionSource? _hold;
    private bool _isDraining;
    private int _pulls;

    public OfferTakerTests()
    {
        _holders = new(_store);
        _holders.Follow(_map.Current);
        _catchUp = new(_store, _map, new ScriptedPeers(), new NoFormerLife(), TimeProvider.System, NullLogger<TombstoneCatchUp>.Instance);
        _taker = new(_store, _map, this, _holders, _catchUp, this, _counters);
    }

    DrainState IDrainer.State => new(_isDraining, 0, 0, 0, 0, false);

    public async ValueTask InitializeAsync()
    {
        await _catchUp.StartAsync(CancellationToken.None);
        await _catchUp.Done;
    }

    public ValueTask DisposeAsync()
    {
        _taker.Dispose();
        _catchUp.Dispose();
        _store.Dispose();
        return default;
    }

    [Fact]
    public async Task Offer_OfSeveralBlocks_TakesWhatIsNotHere_AndNotesWhoHasIt()
    {
        var mine = KeyOf(1);
        var theirs = KeyOf(2);

        Assert.Equal(new(0b11, 0), await OfferAsync(OfferReason.Copy, (mine, 1), (theirs, 1)));
        Assert.Equal(new(0b11, 0), await OfferAsync(OfferReason.Copy, (mine, 1), (theirs, 1)));

        Assert.Equal(2, _pulls);
        Assert.Equal(_holders.MaskOf(Maps.Life(2)), _store.HoldersOf(mine.Span, Version(1)));
        Assert.Equal(_holders.MaskOf(Maps.Life(2)), _store.HoldersOf(theirs.Span, Version(1)));
        Assert.Equal(1, _store.GetStatistics().CopyBlocks);
    }

    [Fact]
    public async Task Offer_OfAnotherContent_IsTakenFromTheOwnerAlone()
    {
        var (mine, theirs) = (KeyOf(1), KeyOf(2));
        await OfferAsync(OfferReason.Copy, (mine, 1), (theirs, 1));

        Assert.Equal(new(0b10, 0b01), await OfferAsync(OfferReason.Copy, (mine, 2), (theirs, 2)));

        Assert.Equal(3, _pulls);
        Assert.True(_store.TryGetInfo(mine.Span, out var kept) && kept.Version == Version(1));
        Assert.True(_store.TryGetInfo(theirs.Span, out var taken) && taken.Version == Version(2));
    }

    [Fact]
    public async Task Offer_ForADrain_IsHeldAsALastCopy()
    {
        await OfferAsync(OfferReason.Copy, (KeyOf(2), 1));
        Assert.Equal(1, _store.GetStatistics().CopyBlocks);

        Assert.Equal(new(1, 0), await OfferAsync(OfferReason.Drain, (KeyOf(2), 1)));

        Assert.Equal(0, _store.GetStatistics().CopyBlocks);
    }

    [Fact]
    public async Task Offer_ThatIsRepeatedWhileItIsTaken_IsPulledOnce()
    {
        _hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var offers = Enumerable.Range(0, 20).Select(_ => OfferAsync(OfferReason.Copy, (KeyOf(2), 1)).AsTask()).ToList();
        await Eventually.HoldsAsync(() => _pulls > 0, "it is being pulled");

        _hold.SetResult();

        Assert.All(await Task.WhenAll(offers), answer => Assert.Equal(new(1, 0), answer));
        Assert.Equal(1, _pulls);
    }

    [Fact]
    public async Task Offer_OfASiloThatIsNotInTheMap_GetsNoAnswer()
    {
        _map.Current = Maps.Of(11, 1, 3);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await OfferAsync(OfferReason.Copy, (KeyOf(1), 1)));

        Assert.Equal((0, 1), (_pulls, _map.Refreshes));
    }

    [Fact]
    public async Task Offer_ToASiloThatIsDraining_IsRefused()
    {
        _isDraining = true;

        Assert.Equal(default, await OfferAsync(OfferReason.Copy, (KeyOf(1), 1)));

        Assert.Equal(0, _pulls);
    }

    [Fact]
    public async Task Offer_OfASpareCopy_IsTakenWhileNoOtherCopyHasToGoForIt()
    {
        Assert.Equal(new(0b1, 0), await OfferAsync(OfferReason.Spare, (KeyOf(2), 1)));
        using var copy = _store.TryStage(1 << 20, BlockRole.Copy)!;
        using var rest = _store.TryStage(2 << 20);
        using var all = _store.TryStage((1 << 20) - 4096);
        Assert.NotNull(all);

        // What is here is held, room or not.
        Assert.Equal(new(0b01, 0b10), await OfferAsync(OfferReason.Spare, 4096, (KeyOf(2), 1), (KeyOf(2, skip: 1), 1)));

        Assert.Equal(1, _pulls);
    }

    [Fact]
    public async Task Offer_OfABuriedBlock_IsKnown()
    {
        var key = KeyOf(2);
        _store.Bury(KeyId.Of(key.Span), key.Span, new(2, new(9), 1));

        Assert.Equal(new(0, 1), await OfferAsync(OfferReason.Copy, (key, 1)));

        Assert.False(_store.TryGetInfo(key.Span, out _));
    }

    async ValueTask<PulledBlock?> IBlockPuller.PullAsync(
        SiloDescriptor source, BlockKey key, BlockVersion version, Func<int, StagedBlock?> stage, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _pulls);
        if (_hold is not null)
            await _hold.Task;
        return new(stage(0)!, version, null);
    }

    void IDrainer.Begin()
    {
    }

    Task IDrainer.DrainAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static BlockVersion Version(long sequence) => new(1, new(2), sequence);

    private BlockKey KeyOf(ulong owner, int skip = 0) => Enumerable.Range(0, 1000).Select(i => BlockKey.From(Encoding.UTF8.GetBytes($"kv:{i}")))
        .Where(key => _map.Current.Silos[Rendezvous.OwnerOf(key, _map.Current)].Life == Maps.Life(owner)).ElementAt(skip);

    private ValueTask<OfferAnswer> OfferAsync(OfferReason reason, params (BlockKey Key, long Sequence)[] blocks) => OfferAsync(reason, 0, blocks);

    private ValueTask<OfferAnswer> OfferAsync(OfferReason reason, int length, params (BlockKey Key, long Sequence)[] blocks) =>
        _taker.TakeAsync(new(reason, Maps.Life(2), [.. blocks.Select(block => new OfferedBlock(block.Key, Version(block.Sequence), length, BlockChecksum.Of(new byte[length])))]));
}
