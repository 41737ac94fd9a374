using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Watching;
using KvOrleans.Grains.Heat;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Replication;
using KvOrleans.Grains.Watching;
using KvOrleans.Silo.DataPlane.Metrics;
using KvOrleans.Silo.Health;
using KvOrleans.Storage;

namespace KvOrleans.Silo.Watching;

/// <summary>Gathers what this silo tells of itself.</summary>
internal sealed class SiloView(
    BlockStore store, DataPlaneCounters counters, Readiness readiness, IClusterMapSource map, IReplicationStatusSource replication, IHottestBlocks hottest,
    HeatCounters heatCounters, SampleRing samples, EventBook events, KeyExplainer explainer, TimeProvider time) : ISiloView
{
    private readonly long _began = time.GetTimestamp();

    public SiloSnapshot Take(long samplesAfter, long eventsAfter)
    {
        var sums = store.GetStatistics();
        var copies = replication.Current;
        var (seconds, number) = samples.After(samplesAfter);
        return new()
        {
            NotReady = readiness.WhyNot(),
            IsDraining = copies.Drain.IsDraining,
            IsCutOff = map.IsCutOff,
            MapId = map.Current.Id,
            UptimeSeconds = (long)time.GetElapsedTime(_began).TotalSeconds,
            Tiers = [new("memory", sums.ArenaBytes - sums.FreeBytes, sums.ArenaBytes)],
            Blocks = sums.Blocks,
            Copies = sums.CopyBlocks,
            ExtraCopies = sums.ExtraBlocks,
            Leases = sums.Leases,
            LeasedBytes = sums.LeasedBytes,
            Connections = counters.Connections,
            Evictions = sums.Evictions,
            RepairPendingBlocks = copies.RepairPendingBlocks,
            RepairPendingBytes = copies.RepairPendingBytes,
            RepairBytesTotal = copies.RepairBytesTotal,
            HandoffPending = copies.HandoffPending,
            DrainOffered = copies.Drain.Offered,
            DrainOpen = copies.Drain.Open,
            HotBlocks = heatCounters.HotBlocks,
            Spread = hottest.Spread(SiloSnapshot.MostHotBlocks),
            Read = hottest.Read(SiloSnapshot.MostHotBlocks),
            SampleNumber = number,
            Samples = seconds,
            Events = events.After(eventsAfter),
        };
    }

    public ValueTask<ImmutableArray<KeyExplanation>> ExplainAsync(ImmutableArray<BlockKey> keys) => explainer.ExplainAsync(keys);
}
