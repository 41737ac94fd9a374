using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Silos;
using KvOrleans.Cli.Sizes;
using KvOrleans.Client;
using KvOrleans.Contracts.Errors;

namespace KvOrleans.Cli.Incidents;

/// <summary>Does to the silos of a replay what was planned, each thing at its time, says so, and follows what comes of it.</summary>
internal sealed class IncidentRunner(LocalCluster silos, IPrefixCache watcher, Action<string> say, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AskDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRepair = TimeSpan.FromMinutes(2);

    private readonly List<IncidentReport> _reports = [];

    /// <summary>What has come of them so far.</summary>
    public IReadOnlyList<IncidentReport> Reports => _reports;

    /// <summary>Runs <paramref name="incidents"/>, one after the other.</summary>
    /// <param name="incidents">By their time.</param>
    /// <param name="elapsed">The time since the replay began.</param>
    /// <param name="noMore">Begins none any more; the one under way is followed to its end.</param>
    /// <param name="cancellationToken">Ends it where it is.</param>
    public async Task RunAsync(IEnumerable<Incident> incidents, Func<TimeSpan> elapsed, CancellationToken noMore, CancellationToken cancellationToken)
    {
        foreach (var incident in incidents.OrderBy(incident => incident.At))
        {
            foreach (var silo in incident.Kind == IncidentKind.Roll ? silos.Names : [incident.Silo])
            {
                if (!await WaitAsync(incident.At - elapsed(), noMore))
                    return;
                await RunAsync(incident.Kind, silo, elapsed, cancellationToken);
            }
        }
    }

    private async Task<bool> WaitAsync(TimeSpan wait, CancellationToken noMore)
    {
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, noMore).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !noMore.IsCancellationRequested;
    }

    private async Task RunAsync(IncidentKind kind, string silo, Func<TimeSpan> elapsed, CancellationToken cancellationToken)
    {
        var before = await ProgressAsync(cancellationToken);
        var began = elapsed();
        var started = time.GetTimestamp();
        if (kind == IncidentKind.Kill)
        {
            say($"{Numbers.Seconds(began)}: {silo} is killed.");
            await silos.KillAsync(silo);
        }
        else
        {
            say($"{Numbers.Seconds(began)}: {silo} is told to stop and will be started again.");
            await silos.RestartAsync(silo, cancellationToken);
            say($"{Numbers.Seconds(elapsed())}: {silo} is back after {Numbers.Seconds(time.GetElapsedTime(started))}.");
        }

        var report = new IncidentReport { What = kind == IncidentKind.Kill ? "kill" : "restart", Silo = silo, AtSeconds = began.TotalSeconds };
        var at = _reports.Count;
        _reports.Add(report);
        await FollowAsync(at, started, before?.CopiedBytes ?? 0, cancellationToken);
    }

    private async Task FollowAsync(int at, long started, long copiedBefore, CancellationToken cancellationToken)
    {
        while (time.GetElapsedTime(started) < LongestRepair)
        {
            var took = time.GetElapsedTime(started);
            if (await ProgressAsync(cancellationToken) is { AgreeOn: not null } now && now.Silos == silos.Count)
            {
                if (_reports[at].MapSeconds is null)
                    say($"  {now.Silos} silos agree on map {now.AgreeOn} after {Numbers.Seconds(took)}.");
                _reports[at] = _reports[at] with { MapSeconds = _reports[at].MapSeconds ?? took.TotalSeconds };
                if (now.IsWhole)
                {
                    var copied = Math.Max(0, now.CopiedBytes - copiedBefore);
                    _reports[at] = _reports[at] with { WholeSeconds = took.TotalSeconds, CopiedBytes = copied };
                    say($"  All copies are whole after {Numbers.Seconds(took)}; {ByteSize.Format(copied)} were copied.");
                    return;
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        say("  The copies were not whole in time.");
    }

    private async Task<RepairProgress?> ProgressAsync(CancellationToken cancellationToken)
    {
        try
        {
            var reports = await watcher.GetStatusAsync(AskDeadline, cancellationToken);
            return RepairProgress.Of(await watcher.GetMapAsync(AskDeadline, cancellationToken), reports);
        }
        catch (CacheException)
        {
            return null;
        }
    }
}
