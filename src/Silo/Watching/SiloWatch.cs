using KvOrleans.Grains.Heat;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Replication;
using KvOrleans.Silo.DataPlane.Metrics;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.Health;
using KvOrleans.Storage;

namespace KvOrleans.Silo.Watching;

/// <summary>Looks at this silo once a second, watched or not, so that who begins to watch sees the minutes before: some counters are read, a few microseconds.</summary>
internal sealed partial class SiloWatch(
    BlockStore store, DataPlaneCounters counters, Readiness readiness, IClusterMapSource map, KeyRouter router, IReplicationStatusSource replication,
    HeatCounters heat, SampleRing samples, EventBook events, TimeProvider time, ILogger<SiloWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly StatusEvents _status = new(events);
    private (long Hits, long Misses, long Writes) _last;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                Look();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception error)
            {
                LogFailed(error);
            }
        }
    }

    private void Look()
    {
        var now = (counters.Hits, counters.Misses, counters.Writes);
        samples.Add(new(now.Hits - _last.Hits, now.Misses - _last.Misses, now.Writes - _last.Writes, (long)store.Heat.All.BytesPerSecond));
        _last = now;
        var copies = replication.Current;
        _status.Look(new(
            readiness.WhyNot(), map.IsCutOff, router.ServesRegisters, copies.RepairPendingBlocks, copies.RepairBytesTotal, copies.HandoffPending,
            copies.Drain.IsDraining, heat.HotBlocks));
    }

    [LoggerMessage(LogLevel.Error, "The silo could not be looked at; it is tried again.")]
    private partial void LogFailed(Exception error);
}
