using System.Collections.Concurrent;
using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Heat;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Storage;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Grains.Replication;

/// <summary>Pulls what this silo lacks of an offer, a few blocks at once, and puts it into the store.</summary>
/// <remarks>
/// An offer that is repeated while the first is still being taken, as after a call that took too long, waits for the same pulls. What a silo that is not in
/// this one's map offers gets no answer: it offers again.
/// </remarks>
internal sealed class OfferTaker(
    BlockStore store, IClusterMapSource map, IBlockPuller puller, HolderBits holders, TombstoneCatchUp catchUp, IDrainer drainer, ReplicationCounters counters)
    : IOfferTaker, IDisposable
{
    private const int PullsAtOnce = 4;
    private const int HotPullsAtOnce = 2;

    private static readonly TimeSpan LongestPull = TimeSpan.FromSeconds(20);

    /// <summary>With the wait for a slot: less than who offers waits.</summary>
    private static readonly TimeSpan LongestHotPull = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _slots = new(PullsAtOnce);
    private readonly SemaphoreSlim _hotSlots = new(HotPullsAtOnce);
    private readonly ConcurrentDictionary<(BlockKey Key, BlockVersion Version, bool IsHot), Task<OfferOutcome>> _underWay = [];

    public async ValueTask<OfferAnswer> TakeAsync(BlockOffer offer)
    {
        // What is given away is not taken.
        if (drainer.State.IsDraining)
            return default;
        // What was deleted must be known before anything is taken. That is no refusal, of which a few end a handoff: who gets no answer offers again.
        if (!catchUp.Done.IsCompleted)
            throw new InvalidOperationException("This silo does not know yet what was deleted.");
        var current = map.Current;
        if (current.IndexOf(offer.Source) is not (>= 0 and var index))
        {
            map.RefreshSoon();
            throw new InvalidOperationException("The silo that offers is not in this silo's map yet.");
        }

        // Away from the caller's scheduler, which other silos' calls need.
        var source = current.Silos[index];
        var blocks = offer.Blocks.Take(BlockOffer.MostBlocks).ToImmutableArray();
        var outcomes = await Task.Run(() => Task.WhenAll(blocks.Select(block => TakeOnceAsync(block, source, offer.Reason)))).ConfigureAwait(false);
        var (held, known) = (0UL, 0UL);
        for (var i = 0; i < outcomes.Length; i++)
        {
            held |= outcomes[i] == OfferOutcome.Held ? 1UL << i : 0;
            known |= outcomes[i] == OfferOutcome.Known ? 1UL << i : 0;
        }

        return new(held, known);
    }

    public async ValueTask<HotAnswer> TakeHotAsync(HotOffer offer)
    {
        if (drainer.State.IsDraining || !catchUp.Done.IsCompleted)
            return HotAnswer.Refused;
        var current = map.Current;
        if (current.IndexOf(offer.Owner) is not (>= 0 and var owner) || current.IndexOf(offer.From) is not (>= 0 and var from) || !current.Owns(offer.Owner, offer.Block.Key))
        {
            map.RefreshSoon();
            return HotAnswer.Refused;
        }

        var outcome = await Task.Run(() => TakeOnceAsync(
            offer.Block, isHot: true, () => TakeExtraAsync(offer.Block, current.Silos[owner], current.Silos[from]))).ConfigureAwait(false);
        return outcome != OfferOutcome.Held ? HotAnswer.Refused : store.IsExtra(offer.Block.Key.Span, offer.Block.Version) ? HotAnswer.Extra : HotAnswer.Ordinary;
    }

    public void Dispose()
    {
        _slots.Dispose();
        _hotSlots.Dispose();
    }

    private async Task<OfferOutcome> TakeOnceAsync(OfferedBlock block, SiloDescriptor source, OfferReason reason)
    {
        // Before it joins in what is under way for another reason.
        if (reason == OfferReason.Spare && !store.TryGetInfo(block.Key.Span, out _) && !store.HasRoomForCopy(block.Length))
            return OfferOutcome.Known;
        var outcome = await TakeOnceAsync(block, isHot: false, () => TakeAsync(block, source, reason)).ConfigureAwait(false);
        // An extra copy goes as soon as the block cools: who wants one that stays makes it one.
        if (outcome == OfferOutcome.Held)
            store.SettleExtra(block.Key.Span, block.Version);
        return outcome;
    }

    /// <summary>Takes a block, or joins in when that is under way. What is taken since it is hot is bounded otherwise, and nobody else waits for that.</summary>
    private async Task<OfferOutcome> TakeOnceAsync(OfferedBlock block, bool isHot, Func<Task<OfferOutcome>> take)
    {
        var mine = new TaskCompletionSource<OfferOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var name = (block.Key, block.Version, isHot);
        var underWay = _underWay.GetOrAdd(name, mine.Task);
        if (underWay != mine.Task)
            return await underWay.ConfigureAwait(false);
        var outcome = OfferOutcome.Refused;
        try
        {
            outcome = await take().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The silo is stopping.
        }
        finally
        {
            _underWay.TryRemove(name, out _);
            mine.SetResult(outcome);
        }

        return outcome;
    }

    private async Task<OfferOutcome> TakeAsync(OfferedBlock block, SiloDescriptor source, OfferReason reason)
    {
        var isOwner = map.Owns(block.Key);
        var role = isOwner || reason == OfferReason.Drain ? BlockRole.Last : BlockRole.Copy;
        if (LookUp(block, source, isOwner, role) is { } answer && (answer == OfferOutcome.Held || isOwner || reason is not (OfferReason.Copy or OfferReason.Spare)))
            return answer;

        await _slots.WaitAsync().ConfigureAwait(false);
        using var late = new CancellationTokenSource(LongestPull);
        if (!await PullAsync(block, source, role, _slots, late.Token).ConfigureAwait(false))
            return OfferOutcome.Refused;
        // Neither this content nor another: a tombstone covers it.
        return LookUp(block, source, isOwner, role) ?? OfferOutcome.Known;
    }

    private async Task<OfferOutcome> TakeExtraAsync(OfferedBlock block, SiloDescriptor owner, SiloDescriptor from)
    {
        if (LookUp(block, owner, isOwner: false, BlockRole.Extra) is { } answer)
            return answer;
        using var late = new CancellationTokenSource(LongestHotPull);
        try
        {
            await _hotSlots.WaitAsync(late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return OfferOutcome.Refused;
        }

        if (!await PullAsync(block, from, BlockRole.Extra, _hotSlots, late.Token).ConfigureAwait(false))
            return OfferOutcome.Refused;
        // Behind the sweep of a map that made it this silo's own.
        if (map.Owns(block.Key))
            store.SetRole(block.Key.Span, block.Version, BlockRole.Last);
        return LookUp(block, owner, isOwner: false, BlockRole.Extra) ?? OfferOutcome.Known;
    }

    /// <summary>Pulls a block, verifies and publishes it, and gives the slot back that the caller took. False when the offered content could not be had.</summary>
    private async Task<bool> PullAsync(OfferedBlock block, SiloDescriptor from, BlockRole role, SemaphoreSlim slots, CancellationToken late)
    {
        try
        {
            var pulled = await puller.PullAsync(
                from, block.Key, block.Version, length => store.TryStage(length, role), late).ConfigureAwait(false);
            if (pulled is null)
                return false;
            using var staged = pulled.Staged;
            if (staged.Length != block.Length || staged.Checksum != block.Checksum)
                return false;
            if (store.TryPublishCopy(block.Key.Span, staged, pulled.Version, pulled.TimeToLive, role))
                counters.OfferTaken(block.Length);
            return true;
        }
        finally
        {
            slots.Release();
        }
    }

    /// <summary>Whether this content is here, or another; null when neither. An owner notes who else has it, and who has a copy, that the owner knows.</summary>
    private OfferOutcome? LookUp(OfferedBlock block, SiloDescriptor source, bool isOwner, BlockRole role)
    {
        if (!store.TryGetInfo(block.Key.Span, out var info))
            return null;
        if (info.Version != block.Version)
            return OfferOutcome.Known;
        if (role == BlockRole.Last)
            store.SetRole(block.Key.Span, block.Version, BlockRole.Last);
        if (isOwner || map.Current.Owns(source.Life, block.Key))
            holders.Add(block.Key, block.Version, source.Life);
        return OfferOutcome.Held;
    }
}
