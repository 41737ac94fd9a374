using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Blocks;
using KvOrleans.Grains.Heat;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Registers;
using KvOrleans.Storage;

namespace KvOrleans.Grains.Replication;

/// <summary>Deletes write-once blocks everywhere, and keeps the tombstones that other silos' deletes leave. Thread-safe.</summary>
/// <remarks>
/// <para>
/// A delete buries the block at every silo of the map and then has the table read again: a silo that joined since may have pulled the block from one that had not buried it yet,
/// so it must be told too, and the delete begins again with the new map. When the read that was sent after the last answer shows only silos that were told,
/// any silo that comes later finds the block nowhere.
/// </para>
/// <para>
/// That goes for a block that the owner does not have, too: it may have evicted it while another silo kept a copy. So a DEL of an unknown write-once key costs a call to
/// each silo and a tombstone on each; the deletes under way are bounded, and what too many tombstones push out is known to be missing.
/// </para>
/// </remarks>
internal sealed class BlockBurials(
    BlockStore store, IClusterMapSource map, ISiloPeers peers, VersionSource versions, IRegisterGuard guard, TombstoneCatchUp catchUp, IHeatBook heat, TimeProvider time) : IBurials
{
    private const int MostAtOnce = 256;
    private const int MaxRaces = 16;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3.5);
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    private int _underWay;

    public void Bury(BlockKey key, BlockVersion version)
    {
        store.Bury(KeyId.Of(key.Span), key.Span, version);
        heat.Forget(key);
    }

    public TombstonePage Page(TimeSpan age, long cursor)
    {
        var found = new Tombstone[TombstonePage.MostTombstones];
        var position = (int)Math.Clamp(cursor, 0, int.MaxValue);
        // Read first: what is displaced meanwhile is not promised.
        var complete = catchUp.CompleteSince;
        var count = store.TombstonesSince(age, ref position, found);
        var horizon = store.TombstoneHorizon;
        return new(
            [.. found.AsSpan(0, count)], count < found.Length ? 0 : position, complete < horizon ? complete : horizon);
    }

    /// <summary>Decides a delete of a write-once block that this silo owns.</summary>
    public async ValueTask<BlockDecision> DeleteAsync(BlockKey key, WriteCondition condition)
    {
        if (!map.Owns(key))
            return new(DecisionOutcome.Moved, default);
        if (Interlocked.Increment(ref _underWay) > MostAtOnce)
        {
            Interlocked.Decrement(ref _underWay);
            return new(DecisionOutcome.Busy, default);
        }

        try
        {
            return Remove(key, condition, out var wasHere) is { } refusal ? refusal
                : !await BuryEverywhereAsync(key).ConfigureAwait(false) ? new(DecisionOutcome.Unknown, default)
                : new(wasHere ? DecisionOutcome.Accepted : DecisionOutcome.Absent, default);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <summary>Drops what is here if the condition holds.</summary>
    private BlockDecision? Remove(BlockKey key, WriteCondition condition, out bool wasHere)
    {
        wasHere = false;
        for (var race = 0; race < MaxRaces; race++)
        {
            if (!store.TryGetInfo(key.Span, out var current))
                return null;
            if (!condition.Holds(current.Version))
                return new(DecisionOutcome.Conflict, current.Version);
            if (current.Version.Epoch > map.Current.Epoch)
            {
                // Its writer knew a newer map: a tombstone of this one would not cover it.
                map.RefreshSoon();
                return new(DecisionOutcome.TryAgain, default);
            }

            if (store.TryRemove(key.Span, current.Version))
            {
                wasHere = true;
                return null;
            }
        }

        return new(DecisionOutcome.Busy, default);
    }

    /// <returns>Whether every silo has buried it. False: in time that was not known.</returns>
    private async Task<bool> BuryEverywhereAsync(BlockKey key)
    {
        var began = time.GetTimestamp();
        while (map.Owns(key))
        {
            var told = map.Current;
            var version = versions.Next();
            Bury(key, version);
            var answers = await Task.WhenAll(told.Silos.Where(silo => silo.Life != map.Life)
                .Select(silo => BuryAtAsync(silo.Life, key, version, told.Position, began))).ConfigureAwait(false);
            if (!answers.All(isBuried => isBuried) || !await ReadTableAsync(began).ConfigureAwait(false))
                return false;
            var newest = map.Current;
            if (newest.Incarnation == told.Incarnation && newest.Silos.All(silo => told.IndexOf(silo.Life) >= 0))
                return true;
        }

        return false;
    }

    private async Task<bool> BuryAtAsync(SiloLife silo, BlockKey key, BlockVersion version, MapPosition told, long began)
    {
        // A life that left the map is over, and serves nothing when the map without it is settled.
        while (peers.Of(silo) is { } peer)
        {
            try
            {
                var position = await peer.BuryAsync(key, version, told).AsTask().WaitAsync(LongestCall, time).ConfigureAwait(false);
                if (position != told)
                    map.RefreshSoon();
                return true;
            }
            catch (Exception)
            {
                if (time.GetElapsedTime(began) > Longest)
                    return false;
                map.RefreshSoon();
                await Task.Delay(Rest, time).ConfigureAwait(false);
            }
        }

        return true;
    }

    /// <summary>
    /// Waits until the current map is of a read that was sent after this was called, and is settled: then no life that is not in it serves anything any more.
    /// </summary>
    private async Task<bool> ReadTableAsync(long began)
    {
        var asked = time.GetTimestamp();
        map.RefreshSoon();
        while (map.FenceAge > time.GetElapsedTime(asked) || !guard.IsSettled)
        {
            if (time.GetElapsedTime(began) > Longest)
                return false;
            await Task.Delay(Look, time).ConfigureAwait(false);
        }

        return true;
    }
}
