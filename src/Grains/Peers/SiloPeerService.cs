using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Heat;
using KvOrleans.Contracts.Watching;
using KvOrleans.Grains.Chains;
using KvOrleans.Grains.Heat;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Replication;
using KvOrleans.Grains.Watching;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace KvOrleans.Grains.Peers;

/// <summary>Answers other silos. Calls run beside each other: an offer that pulls for long holds up no confirmation.</summary>
[Reentrant]
internal sealed class SiloPeerService(
    GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, IClusterMapSource map, IOfferTaker offers, IHandoffBook handoffs, IBurials burials,
    HolderBits holders, IHeatBook heat, HotLists hot, ParentWitness parents, ISiloView view)
    : GrainService(id, silo, loggers), ISiloPeer
{
    public ValueTask<MapPosition> ConfirmAsync(MapPosition asked) => new(map.Confirm(asked));

    public ValueTask<OfferAnswer> OfferAsync(BlockOffer offer) => offers.TakeAsync(offer);

    public ValueTask CopiesDroppedAsync(SiloLife source, ImmutableArray<DroppedCopy> copies)
    {
        foreach (var copy in copies)
            holders.Remove(copy.Key, copy.Version, source);
        return default;
    }

    public ValueTask HandoffDoneAsync(SiloLife source, MapPosition map)
    {
        handoffs.Done(source, map);
        return default;
    }

    public ValueTask<MapPosition> BuryAsync(BlockKey key, BlockVersion version, MapPosition decider)
    {
        burials.Bury(key, version);
        return new(map.Confirm(decider));
    }

    public ValueTask<ImmutableArray<HeatVerdict>> ReportHeatAsync(HeatReport report) => new(heat.Report(report));

    public ValueTask<HotAnswer> TakeHotAsync(HotOffer offer) => offers.TakeHotAsync(offer);

    public ValueTask HotBlocksAsync(SiloLife source, HotList list)
    {
        hot.Take(source, list);
        return default;
    }

    public ValueTask<TombstonePage> GetTombstonesAsync(TimeSpan age, long cursor) => new(burials.Page(age, cursor));

    public ValueTask<SiloSnapshot> GetSnapshotAsync(long samplesAfter, long eventsAfter) => new(view.Take(samplesAfter, eventsAfter));

    public ValueTask<ImmutableArray<KeyExplanation>> ExplainAsync(ImmutableArray<BlockKey> keys)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keys.Length, ISiloPeer.MostExplainedKeys);
        return view.ExplainAsync(keys);
    }

    public ValueTask<ImmutableArray<ulong>> MayHoldAsync(ImmutableArray<UInt128> keys) => new(parents.MayHold(keys));
}
