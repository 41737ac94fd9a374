using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Heat;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Replication;
using KvOrleans.Storage;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Heat;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Grains.Heat;

/// <summary>Measures what is read here, tells the owners of the hottest blocks, and does with extra copies as they answer.</summary>
/// <remarks>One report to each owner is under way at a time; one that does not answer is told less.</remarks>
internal sealed partial class HeatReporter(
    BlockStore store, IClusterMapSource source, ISiloPeers peers, HeatBook book, HeatCounters counters, IDrainer drainer, TimeProvider time, ILogger<HeatReporter> logger) : BackgroundService
{
    private const int MeasuredPerReport = 2;

    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(1);

    private readonly List<BlockHeat> _hottest = [];
    private readonly List<ExtraCopy> _extras = [];
    private readonly Dictionary<SiloLife, Task> _reports = [];
    private readonly Dictionary<SiloLife, (Task Telling, long Number, long At)> _told = [];
    private long _readAt = time.GetTimestamp();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(HeatRules.ReportInterval / MeasuredPerReport, time);
        for (var round = 1; await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false); round++)
        {
            try
            {
                store.Heat.Measure();
                if (round % MeasuredPerReport == 0)
                    Report(source.Current);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception error)
            {
                LogFailed(logger, error);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "What is hot could not be reported; it is tried again.")]
    private static partial void LogFailed(ILogger logger, Exception error);

    private void Report(ClusterMap map)
    {
        Find();
        var owners = FindOwners(map);
        Settle(owners);
        var all = store.Heat.All;
        // What is given away needs no copies, and a silo alone has nobody to make them.
        if (map.Silos.Length > 1 && map.IndexOf(source.Life) >= 0 && !drainer.State.IsDraining)
        {
            foreach (var (owner, readings) in ByOwner(owners))
            {
                Report(owner, [.. readings.Chunk(HeatReport.MostBlocks)
                    .Select(some => new HeatReport(source.Life, map.Position, all.FastBytes, all.SlowBytes, [.. some]))]);
            }
        }

        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_readAt, now);
        _readAt = now;
        book.Tick(all.BytesPerSecond * elapsed.TotalSeconds);
        Tell(map);
    }

    private void Find()
    {
        store.Heat.FindHottest(HeatRules.ReportedShare, HeatRules.ReportedReads, _hottest);
        store.VisitExtraCopies(_extras);
    }

    /// <summary>The owners of all that was found, in one go: a silo may hold thousands of extra copies.</summary>
    private Dictionary<BlockKey, SiloLife> FindOwners(ClusterMap map)
    {
        BlockKey[] keys = map.Silos.IsEmpty ? [] : [.. _hottest.Select(heat => heat.Key).Union(_extras.Select(extra => extra.Key))];
        var owners = new int[keys.Length];
        new OwnerFinder(map).Find(keys, owners);
        return keys.Zip(owners).ToDictionary(placed => placed.First, placed => map.Silos[placed.Second].Life);
    }

    private void Settle(Dictionary<BlockKey, SiloLife> owners)
    {
        foreach (var extra in _extras)
        {
            // It has become this silo's own. Asked once more, since a sweep under a newer map may be about to say otherwise.
            if (owners.TryGetValue(extra.Key, out var owner) && owner == source.Life && source.Owns(extra.Key))
                store.SetRole(extra.Key.Span, extra.Info.Version, BlockRole.Last);
            else if (extra.IsForgotten && !source.Owns(extra.Key))
                Drop(extra.Key, extra.Info.Version);
        }
    }

    private Dictionary<SiloLife, List<BlockReading>> ByOwner(Dictionary<BlockKey, SiloLife> owners)
    {
        var readings = _hottest.ToDictionary(
            heat => heat.Key, heat => new BlockReading(heat.Key, heat.Info.Version, heat.Role == BlockRole.Extra, heat.Sums.FastBytes, heat.Sums.SlowBytes, heat.Sums.Reads));
        foreach (var extra in _extras)
        {
            if (!readings.ContainsKey(extra.Key) && store.Heat.Of(extra.Key.Span) is var sums)
                readings[extra.Key] = new(extra.Key, extra.Info.Version, true, sums.FastBytes, sums.SlowBytes, sums.Reads);
        }

        return readings.Values.GroupBy(reading => owners[reading.Key]).ToDictionary(group => group.Key, group => group.ToList());
    }

    private void Report(SiloLife owner, HeatReport[] reports)
    {
        if (owner == source.Life)
        {
            foreach (var report in reports)
                book.Report(report);
        }
        else if (!_reports.TryGetValue(owner, out var before) || before.IsCompleted)
        {
            _reports[owner] = Task.Run(() => ReportAsync(owner, reports));
        }
    }

    private async Task ReportAsync(SiloLife owner, HeatReport[] reports)
    {
        try
        {
            foreach (var report in reports)
            {
                if (peers.Of(owner) is not { } peer)
                    return;
                var verdicts = await peer.ReportHeatAsync(report).AsTask().WaitAsync(LongestCall, time).ConfigureAwait(false);
                for (var i = 0; i < Math.Min(verdicts.Length, report.Blocks.Length); i++)
                    Follow(report.Blocks[i], verdicts[i]);
            }
        }
        catch (Exception)
        {
            // It is told anew with the next report; extra copies outlast some that fail.
        }
    }

    private void Follow(in BlockReading reading, HeatVerdict verdict)
    {
        if (!reading.IsExtra)
            return;
        var key = reading.Key.Span;
        switch (verdict)
        {
            case HeatVerdict.Keep:
                store.KeepExtra(key, reading.Version);
                break;
            case HeatVerdict.Settle:
                store.SettleExtra(key, reading.Version);
                break;
            case HeatVerdict.LetGo:
                Drop(reading.Key, reading.Version);
                break;
        }
    }

    /// <summary>One that is read or leased stays, and is asked for again.</summary>
    private void Drop(BlockKey key, BlockVersion version)
    {
        if (store.TryDropExtra(key.Span, version))
            counters.LetGo();
    }

    /// <summary>Tells the others which blocks of this silo are hot, when that changed and now and then.</summary>
    private void Tell(ClusterMap map)
    {
        var list = book.List;
        foreach (var life in _reports.Keys.Concat(_told.Keys).Where(life => map.IndexOf(life) < 0).ToList())
        {
            _reports.Remove(life);
            _told.Remove(life);
        }

        foreach (var life in map.Silos.Select(silo => silo.Life).Where(life => life != source.Life))
        {
            var isKnown = _told.TryGetValue(life, out var before);
            var isDue = isKnown ? before.Number != list.Number || (list.Blocks.Length > 0 && time.GetElapsedTime(before.At) >= HeatRules.RetellInterval) : list.Blocks.Length > 0;
            if (isDue && (!isKnown || before.Telling.IsCompleted))
                _told[life] = (Task.Run(() => TellAsync(life, list)), list.Number, time.GetTimestamp());
        }
    }

    private async Task TellAsync(SiloLife life, HotList list)
    {
        try
        {
            if (peers.Of(life) is { } peer)
                await peer.HotBlocksAsync(source.Life, list).AsTask().WaitAsync(LongestCall, time).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It forgets the list in a while, and asks the owner.
        }
    }
}
