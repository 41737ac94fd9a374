using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Grains.Replication;

/// <summary>Sweeps after the map changed, and tells every silo when all that the map gave to it was offered.</summary>
/// <remarks>
/// A new map ends the sweep under way and begins one for itself; one with the same silos ends nothing and is only told of. What decides whether a block is offered to its
/// owner is whether the owner's life is noted in its record, so nothing is left out when sweeps are cut short, and nothing is offered twice.
/// </remarks>
internal sealed partial class Sweeper(
    BlockStore store, IClusterMapSource map, ISiloPeers peers, HandoffBook book, TombstoneCatchUp catchUp, DecisionGate decisions, SweepServices services, TimeProvider time,
    ILogger<Sweeper> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(2);

    private ClusterMap? _finished;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Off the thread that starts the host.
        await Task.Yield();
        try
        {
            for (var current = map.Current; ;)
                current = await FollowAsync(current, stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(LogLevel.Information, "Map {Map}: all blocks visited in {Elapsed}, {Offered} offered to new owners, {Lost} of them not taken.")]
    private partial void LogSwept(long map, TimeSpan elapsed, long offered, long lost);

    [LoggerMessage(LogLevel.Warning, "The sweep for map {Map} failed; it begins again.")]
    private partial void LogFailed(long map, Exception error);

    /// <summary>Sweeps for a map and those with the same silos.</summary>
    /// <returns>The next map with others.</returns>
    private async Task<ClusterMap> FollowAsync(ClusterMap current, CancellationToken stoppingToken)
    {
        Follow(current);
        using var lasting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var sweeping = SweepAsync(current, lasting.Token);
        try
        {
            for (var isSame = true; isSame;)
            {
                using var telling = CancellationTokenSource.CreateLinkedTokenSource(lasting.Token);
                var told = TellAsync(sweeping, current, telling.Token);
                var next = await map.WaitForChangeAsync(current.Position, stoppingToken).ConfigureAwait(false);
                await telling.CancelAsync().ConfigureAwait(false);
                await told.ConfigureAwait(false);
                isSame = HandoffBook.IsSame(current, next);
                current = next;
                if (isSame)
                    Follow(current);
            }
        }
        finally
        {
            await lasting.CancelAsync().ConfigureAwait(false);
            await ((Task)sweeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return current;
    }

    private void Follow(ClusterMap current)
    {
        services.Holders.Follow(current);
        services.Offers.Follow(current);
        book.KeepUp();
    }

    /// <summary>Visits all blocks, and goes on as long as it fails.</summary>
    /// <returns>For each silo, what completes when all that was offered to it is answered.</returns>
    private async Task<Dictionary<SiloLife, Task>> SweepAsync(ClusterMap target, CancellationToken cancellationToken)
    {
        await catchUp.Done.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (target.IndexOf(map.Life) < 0)
            return [];
        if (_finished is not null && HandoffBook.IsSame(_finished, target))
            return target.Silos.ToDictionary(silo => silo.Life, _ => Task.CompletedTask);

        services.Offers.Withdraw();
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                var sweep = new Sweep(map.Life, target, store, services);
                await sweep.VisitAllAsync(cancellationToken).ConfigureAwait(false);
                var answered = target.Silos.ToDictionary(silo => silo.Life, silo => sweep.Tally.WhenAnswered(silo.Life));
                _ = FinishAsync(sweep, began, answered.Values, cancellationToken);
                return answered;
            }
            catch (Exception error) when (error is not OperationCanceledException and not ObjectDisposedException)
            {
                LogFailed(target.Id, error);
                await Task.Delay(LongestRest, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task FinishAsync(Sweep sweep, long began, IEnumerable<Task> answered, CancellationToken cancellationToken)
    {
        await Task.WhenAll(answered).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (cancellationToken.IsCancellationRequested)
            return;
        _finished = sweep.Target;
        LogSwept(sweep.Target.Id, time.GetElapsedTime(began), sweep.Tally.Offered, sweep.Tally.Lost);
    }

    private async Task TellAsync(Task<Dictionary<SiloLife, Task>> sweeping, ClusterMap current, CancellationToken cancellationToken)
    {
        try
        {
            var answered = await sweeping.WaitAsync(cancellationToken).ConfigureAwait(false);
            // What they publish behind the sweep they offer themselves.
            await decisions.AllEndedAsync(cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(answered.Where(silo => silo.Key != map.Life)
                .Select(silo => TellAsync(silo.Key, silo.Value, current.Position, cancellationToken))).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // A newer map is told of instead, or the silo stops.
        }
    }

    private async Task TellAsync(SiloLife silo, Task answered, MapPosition position, CancellationToken cancellationToken)
    {
        await answered.WaitAsync(cancellationToken).ConfigureAwait(false);
        for (var rest = ShortestRest; peers.Of(silo) is { } peer; rest = rest * 2 < LongestRest ? rest * 2 : LongestRest)
        {
            try
            {
                await peer.HandoffDoneAsync(map.Life, position).AsTask().WaitAsync(LongestCall, time, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(rest, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
