using KvOrleans.Client.Connections;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Cluster;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Control;

/// <summary>Keeps the newest cluster map and the links to its silos. Thread-safe.</summary>
/// <remarks>
/// The last map stays in use while the control plane does not answer: the data plane needs no gateway. A map with a lower id than the
/// current one is old and ignored, unless it shares no silo's life with it: then the cluster was started anew.
/// </remarks>
internal sealed partial class ClusterMapKeeper : IAsyncDisposable
{
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly IControlPlane _control;
    private readonly Func<SiloDescriptor, SiloLink> _connect;
    private readonly PrefixCacheClientMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeSpan _refresh;
    private readonly SemaphoreSlim _wanted = new(0, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private ClusterView? _current;
    private Task<ClusterMap>? _poll;
    private bool _closed;

    public ClusterMapKeeper(
        IControlPlane control, TimeSpan refresh, Func<SiloDescriptor, SiloLink> connect, PrefixCacheClientMetrics metrics, ILogger logger)
    {
        _control = control;
        _refresh = refresh;
        _connect = connect;
        _metrics = metrics;
        _logger = logger;
        _running = Task.Run(RunAsync);
    }

    /// <summary>The newest map; null until there is one, and after the end.</summary>
    public ClusterView? Current => Volatile.Read(ref _current);

    /// <summary>Waits for the first map.</summary>
    public Task WaitForFirstAsync(CancellationToken cancellationToken) => _first.Task.WaitAsync(cancellationToken);

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

    /// <summary>Brings the map to <paramref name="mapId"/> or later. False when the cluster does not hand out such a map.</summary>
    public async Task<bool> RefreshToAsync(long mapId, CancellationToken cancellationToken)
    {
        // The first answer may be one that was asked for before the key moved.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if ((await RefreshAsync(cancellationToken).ConfigureAwait(false)).Id >= mapId && attempt + mapId > 0)
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
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        foreach (var link in last?.Links ?? [])
            link.Dispose();
        _first.TrySetException(new ObjectDisposedException(nameof(PrefixCacheClient)));
        _ = _first.Task.Exception;
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync(_closing.Token).ConfigureAwait(false);
                await Task.Delay(ShortestPause, _closing.Token).ConfigureAwait(false);
                await _wanted.WaitAsync(_refresh, _closing.Token).ConfigureAwait(false);
            }
            catch (Exception) when (_closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogNoMap(_logger, error.Message);
                await Task.Delay(ShortestPause, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
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
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            limit.CancelAfter(LongestPoll);
            var map = await _control.GetMapAsync(limit.Token).ConfigureAwait(false);
            lock (_gate)
                _poll = null;
            _metrics.MapAsked(answered: true);
            Install(map);
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

    private void Install(ClusterMap map)
    {
        SiloLink[] retired;
        lock (_gate)
        {
            if (_closed || !IsNews(map, _current?.Map))
                return;
            var known = _current?.Links ?? [];
            var links = new SiloLink[map.Silos.Length];
            for (var i = 0; i < links.Length; i++)
                links[i] = Array.Find(known, link => link.LeadsTo(map.Silos[i])) ?? _connect(map.Silos[i]);
            retired = [.. known.Except(links)];
            Volatile.Write(ref _current, new(map, links));
            foreach (var link in links)
                link.Warm();
        }

        foreach (var link in retired)
            link.Dispose();
        LogMap(_logger, map.Id, map.Silos.Length);
        _first.TrySetResult();
    }

    private static bool IsNews(ClusterMap map, ClusterMap? current) =>
        current is null || map.Id > current.Id
        || (map.Id < current.Id && !map.Silos.Any(silo => current.Silos.Any(known => known.Life == silo.Life)));

    [LoggerMessage(1, LogLevel.Information, "Cluster map {MapId}: {Silos} silos")]
    private static partial void LogMap(ILogger logger, long mapId, int silos);

    [LoggerMessage(2, LogLevel.Warning, "The cluster map could not be had; trying again: {Reason}")]
    private static partial void LogNoMap(ILogger logger, string reason);
}
