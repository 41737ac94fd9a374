using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Heat;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Replication;
using KvOrleans.Storage;

namespace KvOrleans.Grains.Heat;

/// <summary>Decides how many silos hold each hot block that this silo owns. Thread-safe. The rules: docs/hot-prefixes.md.</summary>
/// <remarks>
/// Nothing here is more than advice and housekeeping: a copy is verified by who pulls it, and found by deletes like every copy. So what is forgotten with a life, or known twice for a
/// moment after the map changed, costs a copy too many or too few.
/// </remarks>
internal sealed class HeatBook(
    BlockStore store, IClusterMapSource source, HolderBits holders, IHandoffs handoffs, HotCopier copier, ReplicationSettings settings, HeatCounters counters, TimeProvider time)
    : IHeatBook, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BlockKey, HotEntry> _entries = [];
    private readonly CopyAllowance _allowance = new();
    private readonly long _begun = time.GetTimestamp();
    private bool _isOver;
    private volatile HotList _list = HotList.None with { Number = Random.Shared.NextInt64(1L << 52) };

    public HotList List => _list;

    private TimeSpan Now => time.GetElapsedTime(_begun);

    public ImmutableArray<HeatVerdict> Report(HeatReport report)
    {
        var map = source.Current;
        var verdicts = ImmutableArray.CreateBuilder<HeatVerdict>(Math.Min(report.Blocks.Length, HeatReport.MostBlocks));
        if (map.IndexOf(report.Source) < 0)
            return [.. report.Blocks.Select(_ => HeatVerdict.Unknown)];
        foreach (var reading in report.Blocks.Take(HeatReport.MostBlocks))
        {
            lock (_lock)
                verdicts.Add(Report(map, report, reading with { IsExtra = reading.IsExtra && report.Source != source.Life }));
        }

        return verdicts.ToImmutable();
    }

    public void Forget(BlockKey key)
    {
        lock (_lock)
        {
            if (!_entries.Remove(key) || _list.Blocks.All(block => block.Key != key))
                return;
            _list = new(_list.Number + 1, _list.Blocks.RemoveAll(block => block.Key == key));
            counters.Hot(_list.Blocks.Length);
        }
    }

    /// <summary>The life is over: what is still under way is nobody's any more.</summary>
    public void Dispose()
    {
        lock (_lock)
            _isOver = true;
    }

    /// <summary>Decides anew for every block, after so many bytes were read here.</summary>
    public void Tick(double bytesRead)
    {
        lock (_lock)
        {
            if (_isOver)
                return;
            _allowance.Read(bytesRead);
            var map = source.Current;
            foreach (var entry in _entries.Values.ToList())
                Decide(map, entry);
            Publish();
        }
    }

    private HeatVerdict Report(ClusterMap map, HeatReport report, in BlockReading reading)
    {
        if (!source.Owns(reading.Key))
            return HeatVerdict.Unknown;
        // What the owner has no more, or has otherwise, is nobody's to keep for it; what it will be given is.
        if (!store.TryGetInfo(reading.Key.Span, out var info))
            return reading.IsExtra && handoffs.Pending.IsEmpty ? HeatVerdict.LetGo : HeatVerdict.Unknown;
        if (info.Version != reading.Version)
            return reading.IsExtra ? HeatVerdict.LetGo : HeatVerdict.Unknown;
        if (EntryOf(reading.Key, info) is not { } entry)
            return HeatVerdict.Unknown;
        entry.Report(report.Source, new(reading, report.FastBytes, report.SlowBytes, Now));
        if (!reading.IsExtra)
            return HeatVerdict.Keep;

        // It may be another owner's doing: from now on this one counts on it.
        holders.Add(reading.Key, reading.Version, report.Source);
        var verdict = entry.Judge(report.Source, HoldersOf(entry).Count(life => !entry.Extras.Contains(life)), Earned(map), Order(map, entry.Key));
        if (verdict == HeatVerdict.LetGo)
            holders.Remove(reading.Key, reading.Version, report.Source);
        return verdict;
    }

    private HotEntry? EntryOf(BlockKey key, in BlockInfo info)
    {
        if (_entries.TryGetValue(key, out var entry) && entry.Version == info.Version)
            return entry;
        if (entry is null && _entries.Count >= HeatRules.MostBlocks)
            return null;
        return _entries[key] = new(key, info.Version, Now) { Length = info.Length };
    }

    private void Decide(ClusterMap map, HotEntry entry)
    {
        if (entry.IsOver(Now) || !source.Owns(entry.Key) || !store.TryGetInfo(entry.Key.Span, out var info) || info.Version != entry.Version)
        {
            _entries.Remove(entry.Key);
            return;
        }

        var most = Math.Min(settings.MaximumCopies ?? map.Silos.Length, map.Silos.Length);
        foreach (var silent in entry.Decide(HoldersOf(entry).Count, most, life => map.IndexOf(life) >= 0, Now))
            holders.Remove(entry.Key, entry.Version, silent);
        MakeCopies(map, entry, info);
    }

    /// <summary>Has copies made until there are, or will be, as many as there should.</summary>
    private void MakeCopies(ClusterMap map, HotEntry entry, in BlockInfo info)
    {
        var held = HoldersOf(entry);
        var missing = entry.Target.Copies - held.Count - entry.UnderWay;
        if (missing <= 0)
            return;
        foreach (var life in Order(map, entry.Key).Where(life => !held.Contains(life) && entry.MayAsk(life)).Take(missing))
        {
            // Those who got it last are the least busy with it; the owner is last.
            if (!_allowance.MayMake || copier.UnderWay >= HeatRules.MostCopiesUnderWay || entry.Source(source.Life, Enumerable.Reverse(held)) is not { } from)
                return;
            _allowance.Make(info.Length);
            entry.Asked(life, from);
            copier.Make(new(source.Life, from, CopyMaker.Describe(entry.Key, info)), life, answer => Answered(entry, life, answer));
        }
    }

    private void Answered(HotEntry entry, SiloLife life, HotAnswer answer)
    {
        lock (_lock)
        {
            entry.Answered(life, answer, isOwners: entry.SourceOf(life) == source.Life, Now);
            if (answer != HotAnswer.Extra)
                _allowance.GiveBack(entry.Length);
            if (_isOver || _entries.GetValueOrDefault(entry.Key) != entry)
                return;
            // One that no bit is left for, or that is not in the map any more, would be asked again and again.
            if (answer != HotAnswer.Refused && !holders.Add(entry.Key, entry.Version, life))
                entry.PassOver(life, Now);
            Decide(source.Current, entry);
        }
    }

    /// <summary>Who holds a block, this silo first and extra copies last.</summary>
    private List<SiloLife> HoldersOf(HotEntry entry)
    {
        var others = holders.LivesOf(store.HoldersOf(entry.Key.Span, entry.Version));
        return [source.Life, .. others.Where(life => !entry.Extras.Contains(life)), .. entry.Extras];
    }

    private static List<SiloLife> Order(ClusterMap map, BlockKey key)
    {
        var order = new int[map.Silos.Length];
        var count = Rendezvous.HolderOrder(KeyId.Of(key.Span), map, order);
        return [.. order.Take(count).Select(index => map.Silos[index].Life)];
    }

    /// <summary>How many silos hold a block that was read twice, hot or not.</summary>
    private int Earned(ClusterMap map) => settings.Wanted(isReused: true, map.Silos.Length);

    /// <summary>Makes the list anew; its number changes when more than heat did.</summary>
    private void Publish()
    {
        var hot = from entry in _entries.Values
                  where entry.Target.Copies > 1 && store.TryGetInfo(entry.Key.Span, out var info) && info.Version == entry.Version
                  let held = HoldersOf(entry)
                  where held.Count > 1
                  orderby entry.Demand.BytesPerSecond descending
                  select new HotBlock(entry.Key, entry.Version, entry.Length, (long)entry.Demand.BytesPerSecond, [.. held]);
        var blocks = hot.Take(HotList.MostBlocks).ToImmutableArray();
        counters.Hot(blocks.Length);
        var before = _list;
        _list = new(IsSame(before.Blocks, blocks) ? before.Number : before.Number + 1, blocks);
    }

    private static bool IsSame(ImmutableArray<HotBlock> one, ImmutableArray<HotBlock> other) =>
        one.Length == other.Length && one.ToDictionary(block => block.Key) is var before
        && other.All(block => before.TryGetValue(block.Key, out var same) && same.Version == block.Version && same.Holders.ToHashSet().SetEquals(block.Holders));
}
