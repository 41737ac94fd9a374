using System.Collections.Immutable;
using System.Diagnostics;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Heat;
using KvOrleans.Contracts.Watching;
using KvOrleans.Grains.Heat;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Replication;
using KvOrleans.Grains.Watching;
using KvOrleans.Silo.DataPlane;
using KvOrleans.Silo.Health;
using KvOrleans.Storage;
using KvOrleans.Storage.Heat;

namespace KvOrleans.Silo.Watching;

/// <summary>Gathers what this silo tells of itself.</summary>
internal sealed class SiloView(
    BlockStore store, DataPlaneCounters counters, Readiness readiness, IClusterMapSource map, IReplicationStatusSource replication, IHeatBook heat,
    HeatCounters heatCounters, SampleRing samples, EventBook events, KeyExplainer explainer) : ISiloView
{
    // What is read less is not worth a line.
    private const double LeastShare = 0.01;
    private const double LeastReads = 2;

    private static readonly long Began = Stopwatch.GetTimestamp();

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
            UptimeSeconds = (long)Stopwatch.GetElapsedTime(Began).TotalSeconds,
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
            Hottest = Hottest(),
            SampleNumber = number,
            Samples = seconds,
            Events = events.After(eventsAfter),
        };
    }

    public ImmutableArray<KeyExplanation> Explain(ImmutableArray<BlockKey> keys)
    {
        var current = map.Current;
        return [.. keys.Select(key => explainer.Explain(key.Span, current))];
    }

    private ImmutableArray<HotBlock> Hottest()
    {
        var spread = heat.List.Blocks;
        List<BlockHeat> read = [];
        store.Heat.FindHottest(LeastShare, LeastReads, read);
        var others = from one in read
                     where !spread.Any(block => block.Key == one.Key)
                     orderby one.Sums.BytesPerSecond descending
                     select new HotBlock(one.Key, one.Info.Version, one.Info.Length, (long)one.Sums.BytesPerSecond, [map.Life]);
        return [.. spread.Concat(others).Take(SiloSnapshot.MostHotBlocks)];
    }
}
