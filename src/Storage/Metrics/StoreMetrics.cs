using System.Diagnostics.Metrics;
using System.Text.Json;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.History;

namespace KvOrleans.Storage.Metrics;

/// <summary>What a store holds and what left it, for metrics. Everything is read when somebody collects: nothing is counted for it alone.</summary>
public sealed class StoreMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KvOrleans.Storage";

    private static readonly KeyValuePair<string, object?> Memory = new("tier", "memory");
    private static readonly KeyValuePair<string, object?> Default = new("tenant", "default");

    private readonly BlockStore _store;
    private readonly Meter _meter;

    /// <summary>Makes the instruments.</summary>
    public StoreMetrics(BlockStore store, IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(meters);
        _store = store;
        _meter = meters.Create(MeterName);

        Levels("kvorleans.store.usage", "By", "The arena's pages, by what is in them.", "state",
            ("free", sums => sums.FreeBytes), ("staged", sums => sums.StagedBytes), ("retired", sums => sums.RetiredBytes),
            ("blocks", sums => sums.ArenaBytes - sums.FreeBytes - sums.StagedBytes - sums.RetiredBytes));
        Level("kvorleans.store.limit", "By", "The arena.", sums => sums.ArenaBytes, Memory);
        Level("kvorleans.store.payload", "By", "The lengths of all blocks.", sums => sums.PayloadBytes, Memory, Default);
        Level("kvorleans.store.evictable", "By", "Pages of blocks that could be evicted now.", sums => sums.EvictableBytes, Memory);
        Levels("kvorleans.store.blocks", "{block}", "Blocks, by what this silo is to them.", "role",
            ("last", sums => sums.Blocks - sums.CopyBlocks - sums.ExtraBlocks), ("copy", sums => sums.CopyBlocks), ("extra", sums => sums.ExtraBlocks));
        Levels("kvorleans.store.copies.size", "By", "Pages of copies.", "role", ("copy", sums => sums.CopyBytes), ("extra", sums => sums.ExtraBytes));
        Level("kvorleans.store.registers", "{block}", "Blocks of overwritable keys.", sums => sums.Registers);
        Level("kvorleans.store.pinned", "{block}", "Blocks that are being read.", sums => sums.PinnedBlocks);
        Level("kvorleans.store.index", "By", "Native memory of records, buckets, keys and their digest.", sums => sums.IndexBytes);
        Level("kvorleans.store.native", "By", "All native memory beside the arena.", sums => sums.NativeBytesOutsideArena);
        Level("kvorleans.store.leases", "{lease}", "Leases now.", sums => sums.Leases);
        Level("kvorleans.store.leases.size", "By", "Pages of blocks that are leased.", sums => sums.LeasedBytes, Memory);
        Sum("kvorleans.store.leases.granted", "{lease}", "Leases granted.", sums => sums.LeasesGranted);
        Sum("kvorleans.store.leases.withheld", "{block}", "Blocks that were there and not leased, since that would have gone over a bound.", sums => sums.LeasesWithheld);
        Level("kvorleans.store.tombstones", "{tombstone}", "Tombstones of deleted write-once blocks.", sums => sums.Tombstones);
        Sum("kvorleans.store.tombstones.displaced", "{tombstone}", "Tombstones dropped for want of room.", sums => sums.DisplacedTombstones);
        Sum("kvorleans.store.reuses.dropped", "{block}", "First uses that earned no copy, since nobody took note of them in time.", sums => sums.DroppedReuses);
        Sum("kvorleans.store.evicted_copies.dropped", "{block}", "Evicted copies of which their owner was not told, since there were too many.", sums => sums.DroppedEvictedCopies);
        Sum("kvorleans.store.digest.rebuilds", "{digest}", "How often the digest was built anew.", sums => sums.DigestRebuilds);
        Sum("kvorleans.store.digest.faults", "{digest}", "Of these, since it did not have what it should. Not 0: a defect.", sums => sums.DigestFaults);
        CreateDepartures();
    }

    private void Level(string name, string unit, string description, Func<StoreStatistics, long> of, params KeyValuePair<string, object?>[] tags) =>
        _meter.CreateObservableUpDownCounter(name, () => new Measurement<long>(of(_store.GetStatistics()), tags), unit, description);

    private void Sum(string name, string unit, string description, Func<StoreStatistics, long> of) =>
        _meter.CreateObservableCounter(name, () => of(_store.GetStatistics()), unit, description);

    private void Levels(string name, string unit, string description, string tag, params (string Value, Func<StoreStatistics, long> Of)[] parts) =>
        _meter.CreateObservableUpDownCounter(
            name,
            () =>
            {
                var sums = _store.GetStatistics();
                return parts.Select(part => new Measurement<long>(part.Of(sums), Memory, new(tag, part.Value)));
            },
            unit,
            description);

    private void CreateDepartures()
    {
        var series = (from reason in Enum.GetValues<DepartureReason>()
                      from role in Enum.GetValues<BlockRole>()
                      select (reason, role, Tags: new KeyValuePair<string, object?>[] { new("reason", TagOf(reason)), new("role", TagOf(role)) })).ToArray();
        _meter.CreateObservableCounter(
            "kvorleans.store.departures",
            () => series.Select(one => new Measurement<long>(_store.CountDepartures(one.reason, one.role), one.Tags)),
            "{block}",
            "Blocks that left, by why and by what this silo was to them; a block that is replaced has not left.");
    }

    private static string TagOf<TValue>(TValue value)
        where TValue : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
