using System.Collections.Concurrent;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;

namespace KvOrleans.Grains.Registers;

/// <summary>Asks the other silos of the current map whether they have installed it, until it is settled.</summary>
internal sealed class MapSettler(RegisterGuard guard, ISiloPeers peers, IClusterMapSource map, LifeEnd life, TimeProvider time)
{
    /// <summary>The time between two questions to one silo.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    /// <summary>A silo that has not answered by then is asked again.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);

    private readonly ConcurrentDictionary<SiloLife, Task> _asked = new();

    /// <summary>Asks until it is told to stop or the life is over.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            var tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
            var change = map.WaitForChangeAsync(map.Current.Position, cancellationToken);
            while (!life.IsOver)
            {
                Ask();
                guard.TrySettle();
                await (await Task.WhenAny(tick, change).ConfigureAwait(false)).ConfigureAwait(false);
                if (tick.IsCompleted)
                    tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
                if (change.IsCompleted)
                    change = map.WaitForChangeAsync((await change.ConfigureAwait(false)).Position, cancellationToken);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException && cancellationToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    /// <summary>Asks everybody who is not being asked.</summary>
    internal void Ask()
    {
        if (guard.Unsettled is not { } unsettled)
            return;
        foreach (var other in unsettled.Others)
        {
            if (!_asked.TryGetValue(other, out var asked) || asked.IsCompleted)
                _asked[other] = AskAsync(other, unsettled.Map);
        }

        foreach (var (other, asked) in _asked)
        {
            if (asked.IsCompleted && !unsettled.Others.Contains(other))
                _asked.TryRemove(other, out _);
        }
    }

    private async Task AskAsync(SiloLife other, MapPosition asked)
    {
        try
        {
            if (peers.Of(other) is not { } peer)
                return;
            var installed = await peer.ConfirmAsync(asked).AsTask().WaitAsync(Patience, time).ConfigureAwait(false);
            if (!installed.HasRowsOf(asked) && (installed.Incarnation != asked.Incarnation || installed.Id >= asked.Id))
                map.RefreshSoon();
            guard.Confirmed(other, installed);
            guard.TrySettle();
        }
        catch (Exception)
        {
            // It is asked again; one that is gone leaves the map.
        }
    }
}
