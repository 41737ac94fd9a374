using KvOrleans.Client.Connections;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Cluster;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Control;

/// <summary>Keeps the newest cluster map and the links to its silos. Thread-safe.</summary>
/// <remarks>
/// <para>
/// The last map stays in use while the control plane does not answer: the data plane needs no gateway. Silos are asked to answer when their map changes,
/// and beside that for the map as it is, now and then and after failures: the one who was asked to answer may be gone.
/// </para>
/// <para>
/// Within an incarnation the larger id is newer. A map of another incarnation is newer when it was asked for after the current one was installed: an
/// answer that has been on its way since before may come from the table that was lost. Silos that know of no incarnation (0) have begun anew when none of their lives is known.
/// </para>
/// </remarks>
internal sealed partial class ClusterMapKeeper : IAsyncDisposable
{
    // A question may be on its way to a silo that is gone: the next goes elsewhere, perhaps.
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWatch = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly IControlPlane _control;
    private readonly Func<SiloDescriptor, SiloLink> _connect;
    private readonly PrefixCacheClientMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeSpan _refresh;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _wanted = new(0, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private readonly Task _watching;
    private ClusterView? _current;
    private int _installed;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<ClusterMap>? _poll;
    private bool _closed;

    public ClusterMapKeeper(
        IControlPlane control, TimeSpan refresh, Func<SiloDescriptor, SiloLink> connect, PrefixCacheClientMetrics metrics, TimeProvider time, ILogger logger)
    {
        _control = control;
        _refresh = refresh;
        _connect = connect;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _running = Task.Run(RunAsync);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>The newest map; null until there is one, and after the end.</summary>
    public ClusterView? Current => Volatile.Read(ref _current);

    /// <summary>Waits for the first map.</summary>
    public Task WaitForFirstAsync(CancellationToken cancellationToken) => _first.Task.WaitAsync(cancellationToken);

    /// <summary>Waits until <paramref name="seen"/> is not the newest map any more, or the keeper has ended. Does not throw when the time is over first.</summary>
    public async ValueTask WaitForChangeAsync(ClusterView seen, TimeSpan patience, CancellationToken cancellationToken)
    {
        Task changed;
        lock (_gate)
        {
            if (_closed || !ReferenceEquals(_current, seen))
                return;
            changed = _changed.Task;
        }

        RefreshSoon();
        await changed.WaitAsync(patience, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Asks for the map in the background, soon. Cheap; may be called for every failure.</summary>
    public void RefreshSoon()
    {
        if (_wanted.CurrentCount > 0)
            return;
        try
        {
            _wanted.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else has just asked.
        }
    }

    /// <summary>Asks for the map now; those who ask at the same time share the answer.</summary>
    public Task<ClusterMap> RefreshAsync(CancellationToken cancellationToken)
    {
        Task<ClusterMap> poll;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(PrefixCacheClient));
            poll = _poll ??= BeginPoll();
        }

        return poll.WaitAsync(cancellationToken);
    }

    /// <summary>Asks for the map, and again while nothing is said: a gateway that is silent takes a second, and the next question goes elsewhere, perhaps. An error is an answer.</summary>
    public async Task<ClusterMap> RefreshUntilAnsweredAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await RefreshAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && !_closing.IsCancellationRequested)
            {
                // That was the question's own second, or somebody who is in a hurry.
                await Task.Delay(ShortestPause, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Brings the map to <paramref name="mapId"/> or later, or to another incarnation. False when the cluster does not hand out such a map.</summary>
    public async Task<bool> RefreshToAsync(long mapId, CancellationToken cancellationToken)
    {
        var before = Current?.Map.Incarnation;
        // The first answer may be one that was asked for before the key moved.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var map = await RefreshAsync(cancellationToken).ConfigureAwait(false);
            if ((map.Id >= mapId || map.Incarnation != before) && attempt + mapId > 0)
                return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        ClusterView? last;
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            last = _current;
            _current = null;
            _changed.TrySetResult();
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        foreach (var link in last?.Links ?? [])
            link.Dispose();
        _first.TrySetException(new ObjectDisposedException(nameof(PrefixCacheClient)));
        _ = _first.Task.Exception;
        await _running.ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync(_closing.Token).ConfigureAwait(false);
                await Task.Delay(ShortestPause, _time, _closing.Token).ConfigureAwait(false);
                await _wanted.WaitAsync(_refresh, _closing.Token).ConfigureAwait(false);
            }
            catch (Exception) when (_closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogNoMap(_logger, error.Message);
                await Task.Delay(ShortestPause, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Asks again and again to be told of the next map. A silo that answers at once, or cannot, is not asked more often than is sensible.</summary>
    private async Task WatchAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            var pause = ShortestPause;
            try
            {
                await WaitForFirstAsync(_closing.Token).ConfigureAwait(false);
                if (Current?.Map.Position is not { } known)
                    return;
                var asked = Volatile.Read(ref _installed);
                var began = _time.GetTimestamp();
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
                limit.CancelAfter(LongestWatch);
                var map = await _control.WaitForMapAsync(known, limit.Token).ConfigureAwait(false);
                // It says the same after some seconds; at once, it does not know how to wait.
                if (map.Position == known && _time.GetElapsedTime(began) < LongestPause)
                    pause = _refresh < LongestPause ? _refresh : LongestPause;
                Install(map, asked);
            }
            catch (Exception) when (_closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogNotTold(_logger, error.Message);
                pause = _refresh < LongestPause ? _refresh : LongestPause;
            }

            await Task.Delay(pause, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task<ClusterMap> BeginPoll()
    {
        var poll = Task.Run(PollAsync, CancellationToken.None);
        // Everybody who waited for it may have gone when it fails.
        _ = poll.ContinueWith(
            static poll => poll.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return poll;
    }

    private async Task<ClusterMap> PollAsync()
    {
        try
        {
            var asked = Volatile.Read(ref _installed);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            limit.CancelAfter(LongestPoll);
            var map = await _control.GetMapAsync(limit.Token).ConfigureAwait(false);
            lock (_gate)
                _poll = null;
            _metrics.MapAsked(answered: true);
            Install(map, asked);
            return map;
        }
        catch (Exception)
        {
            lock (_gate)
                _poll = null;
            _metrics.MapAsked(answered: false);
            throw;
        }
    }

    /// <summary>Makes <paramref name="map"/> the current one if it is newer. <paramref name="asked"/>: how many maps had been installed when it was asked for.</summary>
    private void Install(ClusterMap map, int asked)
    {
        SiloLink[] retired;
        lock (_gate)
        {
            if (_closed || !IsNews(map, _current?.Map, isFresh: asked == _installed))
                return;
            var known = _current?.Links ?? [];
            var links = new SiloLink[map.Silos.Length];
            for (var i = 0; i < links.Length; i++)
                links[i] = Array.Find(known, link => link.LeadsTo(map.Silos[i])) ?? _connect(map.Silos[i]);
            retired = [.. known.Except(links)];
            Volatile.Write(ref _current, new(map, links));
            _installed++;
            _changed.TrySetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var link in links)
                link.Warm();
        }

        foreach (var link in retired)
            link.Dispose();
        LogMap(_logger, map.Id, map.Silos.Length);
        _first.TrySetResult();
    }

    private static bool IsNews(ClusterMap map, ClusterMap? current, bool isFresh)
    {
        if (current is null)
            return true;
        if (map.Incarnation != current.Incarnation)
            return isFresh;
        return map.Id > current.Id
            || (isFresh && map is { Incarnation: 0 } && map.Id < current.Id && !map.Silos.Any(silo => current.IndexOf(silo.Life) >= 0));
    }

    [LoggerMessage(1, LogLevel.Information, "Cluster map {MapId}: {Silos} silos")]
    private static partial void LogMap(ILogger logger, long mapId, int silos);

    [LoggerMessage(3, LogLevel.Debug, "No silo tells of the next cluster map; asking now and then meanwhile: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The cluster map could not be had; trying again: {Reason}")]
    private static partial void LogNoMap(ILogger logger, string reason);
}
