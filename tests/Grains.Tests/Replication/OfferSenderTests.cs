using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Replication;
using KvOrleans.Grains.Tests.Metrics;
using KvOrleans.Probes;
using KvOrleans.Storage;
using KvOrleans.Storage.Eviction;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvOrleans.Grains.Tests.Replication;

/// <summary>How blocks are offered to a silo that answers, refuses, fails or hangs.</summary>
public sealed class OfferSenderTests : IAsyncDisposable
{
    private readonly BlockStore _store = new(new() { MemoryBytes = 4 << 20 }, new LruEvictionPolicy(), TimeProvider.System);
    private readonly ScriptedPeers _peers = new();
    private readonly ReplicationCounters _counters = new(PlainMeters.Instance);
    private readonly OfferSender _sender;

    public OfferSenderTests()
    {
        var map = new FixedMap(1, Maps.Of(10, 1, 2));
        var holders = new HolderBits(_store);
        holders.Follow(map.Current);
        _sender = new(Maps.Life(2), new(
            _store, map, _peers, holders, new(1 << 30, TimeProvider.System), _counters, TimeProvider.System, NullLogger<OfferSender>.Instance));
    }

    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync();
        _store.Dispose();
    }

    [Fact]
    public async Task Offer_ThatFails_IsMadeAgainUntilItIsTaken()
    {
        var calls = 0;
        _peers.Offered = _ => Interlocked.Increment(ref calls) < 4
            ? Task.FromException<OfferAnswer>(new TimeoutException())
            : Task.FromResult(new OfferAnswer(1, 0));

        Assert.Equal(OfferOutcome.Held, await OfferAsync("k", OfferLane.Repair));
        Assert.Equal(4, calls);
        Assert.False(_sender.IsSlow);
    }

    [Fact]
    public async Task Offer_ThatIsRefused_IsMadeAFewTimes_OrOnce()
    {
        var calls = 0;
        _peers.Offered = _ => { Interlocked.Increment(ref calls); return Task.FromResult(default(OfferAnswer)); };

        Assert.Equal(OfferOutcome.Refused, await OfferAsync("k", OfferLane.Repair));
        Assert.Equal(3, calls);
        Assert.Equal(OfferOutcome.Refused, await OfferAsync("once", OfferLane.Urgent, isOnce: true));
        Assert.Equal(4, calls);
    }

    [Fact]
    public async Task Offer_OfAHandoffThatIsRefused_IsMadeUntilItIsTaken()
    {
        var calls = 0;
        using var staged = _store.TryStage(0)!;
        Assert.True(_store.TryPublish("k"u8, null, staged, new(1, new(1), 1), null));
        _peers.Offered = _ => Task.FromResult(Interlocked.Increment(ref calls) < 5 ? default : new OfferAnswer(1, 0));

        Assert.Equal(OfferOutcome.Held, await OfferAsync("k", OfferLane.Handoff, reason: OfferReason.Handoff));
        Assert.Equal(5, calls);
    }

    [Fact]
    public async Task Offer_OfAHandoffThatIsRefused_EndsWhenTheBlockIsNotHereAnyMore()
    {
        _peers.Offered = _ => Task.FromResult(default(OfferAnswer));

        Assert.Equal(OfferOutcome.Refused, await OfferAsync("gone", OfferLane.Handoff, reason: OfferReason.Handoff));
    }

    [Fact]
    public async Task Offer_OfASpareCopyWithoutRoom_IsMadeOnce_AndSlowsNothing()
    {
        var calls = 0;
        _peers.Offered = _ => { Interlocked.Increment(ref calls); return Task.FromResult(new OfferAnswer(0, 1)); };

        Assert.Equal(OfferOutcome.Refused, await OfferAsync("k", OfferLane.Repair, reason: OfferReason.Spare));
        Assert.Equal(1, calls);
        Assert.False(_sender.IsSlow);
    }

    [Fact]
    public async Task Offers_ToASiloThatAnswersSmallBatchesOnly_GetSmallEnough()
    {
        _peers.Offered = offer => offer.Blocks.Sum(block => (long)block.Length) > 8 << 20
            ? Task.FromException<OfferAnswer>(new TimeoutException())
            : Task.FromResult(new OfferAnswer(ulong.MaxValue, 0));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => OfferAsync($"k{i}", OfferLane.Urgent, length: 4 << 20)));

        Assert.All(outcomes, outcome => Assert.Equal(OfferOutcome.Held, outcome));
    }

    [Fact]
    public async Task Offer_IsAnsweredBlockByBlock()
    {
        var held = new TaskCompletionSource<OfferAnswer>();
        _peers.Offered = offer => offer.Blocks.Length == 1 ? held.Task : Task.FromResult(new OfferAnswer(0b01, 0b10));
        // The first two hold both slots, so that the next two go together.
        var first = new List<Task<OfferOutcome>>();
        foreach (var key in new[] { "a", "b" })
        {
            first.Add(OfferAsync(key, OfferLane.Urgent));
            await Eventually.HoldsAsync(() => _counters.OffersUnderWay == first.Count, "its batch is under way");
        }

        var (one, other) = (OfferAsync("c", OfferLane.Urgent), OfferAsync("d", OfferLane.Urgent));

        held.SetResult(new(1, 0));

        Assert.Equal([OfferOutcome.Held, OfferOutcome.Known], new[] { await one, await other });
        Assert.All(await Task.WhenAll(first), outcome => Assert.Equal(OfferOutcome.Held, outcome));
    }

    [Fact]
    public async Task Offers_ToASiloThatHangs_AreTwoBatchesAndEndWithIt()
    {
        var calls = 0;
        _peers.Offered = _ => { Interlocked.Increment(ref calls); return new TaskCompletionSource<OfferAnswer>().Task; };
        var offers = Enumerable.Range(0, 500).Select(i => OfferAsync($"k{i}", OfferLane.Handoff)).ToList();
        await Eventually.HoldsAsync(() => _sender.IsSlow, "it is seen not to answer");

        await _sender.DisposeAsync();

        Assert.All(await Task.WhenAll(offers), outcome => Assert.Equal(OfferOutcome.Gone, outcome));
        Assert.Equal(2, calls);
    }

    private Task<OfferOutcome> OfferAsync(
        string key, OfferLane lane, bool isOnce = false, OfferReason reason = OfferReason.Copy, int length = 1)
    {
        var answered = new TaskCompletionSource<OfferOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(_sender.Queue.TryAdd(new(new(BlockKey.From(key), new(1, new(1), 1), length, default), lane, reason)
        {
            IsOnce = isOnce,
            Answered = outcome => answered.TrySetResult(outcome),
        }));
        return answered.Task;
    }
}
