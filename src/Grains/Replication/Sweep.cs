using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Placement;
using KvOrleans.Storage;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Sweeps;

namespace KvOrleans.Grains.Replication;

/// <summary>One visit to all write-once blocks after the map changed, the most used first.</summary>
/// <param name="self">This life.</param>
/// <param name="target">The new map.</param>
/// <param name="store">The blocks.</param>
/// <param name="services">What it works with.</param>
internal sealed class Sweep(SiloLife self, ClusterMap target, BlockStore store, SweepServices services)
{
    private const int RecordsPerSlice = 512;

    private readonly List<SweptBlock> _slice = new(RecordsPerSlice);

    /// <summary>The new map.</summary>
    public ClusterMap Target => target;

    /// <summary>What was handed over.</summary>
    public HandoffTally Tally { get; } = new();

    /// <summary>Visits every block; offers wait for room in their queues, so this takes as long as the slowest silo.</summary>
    public async Task VisitAllAsync(CancellationToken cancellationToken)
    {
        var live = services.Holders.Live;
        var sweep = store.BeginSweep();
        for (var more = true; more;)
        {
            _slice.Clear();
            more = store.Sweep(sweep, RecordsPerSlice, _slice);
            foreach (var block in _slice)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (block.Kind == BlockKind.WriteOnce)
                    await VisitAsync(block, live, cancellationToken).ConfigureAwait(false);
            }
        }

        services.Holders.ForgetGone();
    }

    private ValueTask VisitAsync(in SweptBlock block, ulong live, CancellationToken cancellationToken)
    {
        var owner = target.OwnerOf(block.Key)!.Life;
        if (owner == self)
            return VisitOwn(block, live, cancellationToken);

        if (block.Role == BlockRole.Last)
            store.SetRole(block.Key.Span, block.Info.Version, BlockRole.Copy);
        return (block.Holders & services.Holders.MaskOf(owner)) == 0
            ? HandOverAsync(block, owner, OfferReason.Handoff, services.Offers, Tally, cancellationToken)
            : default;
    }

    /// <summary>Offers a block to the silo that owns it, or will.</summary>
    public static async ValueTask HandOverAsync(
        SweptBlock block, SiloLife owner, OfferReason reason, Offers offers, HandoffTally tally, CancellationToken cancellationToken)
    {
        var answered = tally.Add(owner);
        var offer = new QueuedOffer(CopyMaker.Describe(block.Key, block.Info), OfferLane.Handoff, reason) { Answered = answered };
        var isQueued = offers.To(owner) is { } sender && await sender.Queue.AddAsync(offer, cancellationToken).ConfigureAwait(false);
        if (!isQueued)
            answered(OfferOutcome.Gone);
    }

    /// <summary>A block that was a copy, has or had another holder, or was used here, has been reused.</summary>
    private ValueTask VisitOwn(in SweptBlock block, ulong live, CancellationToken cancellationToken)
    {
        if (block.Role != BlockRole.Last)
            store.SetRole(block.Key.Span, block.Info.Version, BlockRole.Last);
        var known = block.Holders & live;
        var isReused = block.Role != BlockRole.Last || block.Holders != 0 || block.Uses > 0;
        var missing = services.Settings.Wanted(isReused, target.Silos.Length) - 1 - (int)ulong.PopCount(known);
        return missing > 0 ? services.Copies.RepairAsync(block.Key, block.Info, known, missing, target, cancellationToken) : default;
    }
}
