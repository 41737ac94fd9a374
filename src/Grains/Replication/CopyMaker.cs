using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;
using KvOrleans.Storage;

namespace KvOrleans.Grains.Replication;

/// <summary>Has copies made of blocks that this silo owns, by the next in the holder order that is not known to hold them. Thread-safe.</summary>
internal sealed class CopyMaker(
    BlockStore store, IClusterMapSource source, HolderBits holders, Offers offers, ReplicationSettings settings, TimeProvider time)
{
    private static readonly TimeSpan LongestReplication = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestOffer = TimeSpan.FromSeconds(1);

    /// <summary>What is offered of a content that is here.</summary>
    public static OfferedBlock Describe(BlockKey key, in BlockInfo info) => new(key, info.Version, info.Length, info.Checksum);

    /// <summary>Whether a decision about a write-once block is to be passed to <see cref="AcknowledgeAsync"/> before it is told.</summary>
    /// <param name="concern">What the writer asks for.</param>
    /// <param name="outcome">The decision.</param>
    /// <param name="under">The map that was current before it: when that has changed, the block may have been published after the sweep that was to find it.</param>
    public bool Follow(WriteConcern concern, DecisionOutcome outcome, ClusterMap under) =>
        outcome is DecisionOutcome.Accepted or DecisionOutcome.AlreadyPresent
        && (concern == WriteConcern.Replicated || settings.MinimumCopies > 1 || !ReferenceEquals(source.Current, under));

    /// <summary>Has as many copies made of a block that was just written as it should have from then on, and waits for the one that the writer asks for.</summary>
    public async ValueTask<BlockDecision> AcknowledgeAsync(BlockKey key, WriteConcern concern, BlockDecision decision)
    {
        if (store.TryGetInfo(key.Span, out var info) && info.Version == decision.Version)
        {
            if (source.Owns(key))
                Offer(key, info, isReused: false);
            else
                await HandOverAsync(key, info).ConfigureAwait(false);
        }

        return concern == WriteConcern.Local || await ReplicateAsync(key, decision.Version).ConfigureAwait(false)
            ? decision
            : decision with { Outcome = DecisionOutcome.NotReplicated };
    }

    /// <summary>Offers a block to as many as it has earned. Does not wait; what finds no room in a queue is left to the next sweep.</summary>
    /// <param name="key">The block.</param>
    /// <param name="info">Its content.</param>
    /// <param name="isReused">Whether it was used.</param>
    /// <param name="isAgain">
    /// Whether it had a copy that was evicted: then no other copy goes for it. So each content pushes out copies once, and what is copied is bounded by what was written,
    /// however often it is read.
    /// </param>
    public void Offer(BlockKey key, in BlockInfo info, bool isReused, bool isAgain = false)
    {
        var map = source.Current;
        var known = store.HoldersOf(key.Span, info.Version) & holders.Live;
        var missing = settings.Wanted(isReused, map.Silos.Length) - 1 - (int)ulong.PopCount(known);
        if (missing <= 0)
            return;
        var attempt = new CopyAttempt(Describe(key, info), OfferLane.Urgent, isAgain ? OfferReason.Spare : OfferReason.Copy, Candidates(key, map, known), offers);
        while (missing-- > 0 && attempt.TryNext())
        {
        }
    }

    /// <summary>Offers a block to <paramref name="missing"/> silos more, as soon as their queues have room. No other copy goes for it: the hottest come first.</summary>
    public async ValueTask RepairAsync(BlockKey key, BlockInfo info, ulong known, int missing, ClusterMap map, CancellationToken cancellationToken)
    {
        var attempt = new CopyAttempt(Describe(key, info), OfferLane.Repair, OfferReason.Spare, Candidates(key, map, known), offers);
        while (missing-- > 0 && await attempt.NextAsync(cancellationToken).ConfigureAwait(false))
        {
        }
    }

    /// <summary>Returns when another silo holds a content, or when that cannot be had in time.</summary>
    /// <remarks>Those that are known to hold it are asked too: they may have evicted it.</remarks>
    private async Task<bool> ReplicateAsync(BlockKey key, BlockVersion version)
    {
        if (!store.TryGetInfo(key.Span, out var info) || info.Version != version)
            return false;
        var map = source.Current;
        var known = store.HoldersOf(key.Span, version);
        var candidates = Candidates(key, map, 0)
            .OrderBy(life => (holders.MaskOf(life) & known) == 0)
            .ThenBy(life => offers.To(life) is not { IsSlow: false });
        var began = time.GetTimestamp();
        foreach (var life in candidates)
        {
            var left = LongestReplication - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                return false;
            if (await OfferAsync(Describe(key, info), life, OfferReason.Copy, isOnce: true, left < LongestOffer ? left : LongestOffer).ConfigureAwait(false))
                return true;
        }

        return false;
    }

    /// <summary>The sweep may have passed: the new owner is offered it, and given a moment to take it before the writer is told.</summary>
    private async Task HandOverAsync(BlockKey key, BlockInfo info)
    {
        if (source.Current.OwnerOf(key) is { } owner)
            await OfferAsync(Describe(key, info), owner.Life, OfferReason.Handoff, isOnce: false, LongestOffer).ConfigureAwait(false);
    }

    private async Task<bool> OfferAsync(OfferedBlock block, SiloLife to, OfferReason reason, bool isOnce, TimeSpan patience)
    {
        var answered = new TaskCompletionSource<OfferOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var offer = new QueuedOffer(block, OfferLane.Urgent, reason) { IsOnce = isOnce, Answered = outcome => answered.TrySetResult(outcome) };
        if (offers.To(to)?.Queue.TryAdd(offer) != true)
            return false;
        try
        {
            return await answered.Task.WaitAsync(patience, time).ConfigureAwait(false) == OfferOutcome.Held;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private SiloLife[] Candidates(BlockKey key, ClusterMap map, ulong known)
    {
        var order = new int[map.Silos.Length];
        var count = Rendezvous.HolderOrder(KeyId.Of(key.Span), map, order);
        return [.. from silo in order.Take(count)
                   let life = map.Silos[silo].Life
                   where life != source.Life && (holders.MaskOf(life) & known) == 0
                   select life];
    }
}
