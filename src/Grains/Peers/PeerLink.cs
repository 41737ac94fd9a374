using KvOrleans.Contracts.Cluster;
using KvOrleans.Wire.Connections;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Grains.Peers;

/// <summary>The connections to one life of a silo: a bounded number, each rented by one request at a time. Thread-safe.</summary>
/// <remarks>While the silo does not answer nobody waits for it: requests are refused at once and it is tried beside them now and then.</remarks>
internal sealed partial class PeerLink : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<PeerConnection> _idle = new();
    private readonly HashSet<PeerConnection> _used = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _slots;
    private readonly SemaphoreSlim _changes;
    private readonly ConnectionBackoff _backoff;
    private readonly PeerDialer _dialer;
    private readonly PeerOptions _options;
    private readonly ILogger _logger;
    private int _waiting;
    private bool _isClosed;

    public PeerLink(SiloDescriptor silo, PeerDialer dialer, PeerOptions options, PeerCounters counters, TimeProvider time, ILogger logger)
    {
        Silo = silo;
        _dialer = dialer;
        _options = options;
        _logger = logger;
        _backoff = new(time);
        _slots = new(options.ConnectionsPerPeer);
        _changes = new(options.ChangesPerPeer);
        SmallWrites = new(this, options, counters, time);
    }

    /// <summary>Where it leads.</summary>
    public SiloDescriptor Silo { get; }

    /// <summary>Sends small writes.</summary>
    public PeerWriteQueue SmallWrites { get; }

    /// <summary>Whether its life has been in the map: when it leaves the map it is over.</summary>
    public bool WasMapped { get; set; }

    /// <summary>How many requests are under way or wait for a connection.</summary>
    public int UnderWay
    {
        get
        {
            lock (_gate)
                return _used.Count + _waiting;
        }
    }

    /// <summary>Whether no request is under way.</summary>
    public bool IsIdle => UnderWay == 0;

    /// <summary>Whether the last request was answered, or there was none.</summary>
    public bool IsHealthy => _backoff.IsHealthy;

    /// <summary>Takes a connection for one request. It must come back through <see cref="Return"/>.</summary>
    /// <exception cref="PeerUnreachableException">There is none, or none was free in time.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<PeerConnection> RentAsync(CancellationToken cancellationToken)
    {
        ThrowIfUnhealthy();
        await TakeAsync(_slots, cancellationToken).ConfigureAwait(false);
        PeerConnection? connection = null;
        try
        {
            while ((connection = TakeIdle()) is not null && !connection.IsUsable())
                connection.Dispose();
            if (connection is null)
            {
                ThrowIfUnhealthy();
                connection = await DialAsync(cancellationToken).ConfigureAwait(false);
            }

            return Use(connection);
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    /// <summary>Takes a connection for a change, whose answer may take long: they are so few that some are left for what does not.</summary>
    /// <inheritdoc cref="RentAsync" path="/exception"/>
    public async ValueTask<PeerConnection> RentForChangeAsync()
    {
        ThrowIfUnhealthy();
        await TakeAsync(_changes, CancellationToken.None).ConfigureAwait(false);
        try
        {
            var connection = await RentAsync(CancellationToken.None).ConfigureAwait(false);
            connection.IsForChange = true;
            return connection;
        }
        catch
        {
            _changes.Release();
            throw;
        }
    }

    /// <summary>Gives a connection back.</summary>
    /// <param name="connection">What was rented.</param>
    /// <param name="reusable">True when its request ended as it should, with nothing left to send or to arrive.</param>
    public void Return(PeerConnection connection, bool reusable)
    {
        connection.Rest();
        if (connection.IsForChange)
            _changes.Release();
        connection.IsForChange = false;
        lock (_gate)
        {
            _used.Remove(connection);
            reusable = reusable && !_isClosed;
            if (reusable)
                _idle.Push(connection);
        }

        if (!reusable)
        {
            if (connection.WasSilent)
                _backoff.Failed();
            connection.Dispose();
        }

        _slots.Release();
    }

    /// <summary>Gives up the requests whose silo is silent for too long.</summary>
    public void AbortSilent()
    {
        SmallWrites.Expire();
        PeerConnection[] used;
        lock (_gate)
            used = [.. _used];
        foreach (var connection in used)
            connection.AbortWhenSilent();
    }

    /// <summary>Ends the connections; requests under way on them fail at once.</summary>
    public void Dispose()
    {
        PeerConnection[] idle;
        PeerConnection[] used;
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            idle = [.. _idle];
            used = [.. _used];
            _idle.Clear();
        }

        _closing.Cancel();
        foreach (var connection in idle)
            connection.Dispose();
        foreach (var connection in used)
            connection.Abort();
    }

    private void ThrowIfUnhealthy()
    {
        if (_isClosed)
            throw new PeerUnreachableException("the silo's life is over");
        if (_backoff.IsHealthy)
            return;
        if (_backoff.TryBegin())
            _ = Task.Run(ProbeAsync);
        throw new PeerUnreachableException("the silo did not answer lately");
    }

    private async ValueTask TakeAsync(SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        if (slots.Wait(0, CancellationToken.None))
            return;
        try
        {
            if (Interlocked.Increment(ref _waiting) > _options.WaitingPerPeer
                || !await slots.WaitAsync(_options.ConnectTimeout, cancellationToken).ConfigureAwait(false))
            {
                throw new PeerUnreachableException("every connection to the silo is in use");
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private PeerConnection? TakeIdle()
    {
        lock (_gate)
            return _idle.TryPop(out var connection) ? connection : null;
    }

    private PeerConnection Use(PeerConnection connection)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _used.Add(connection);
                return connection;
            }
        }

        connection.Dispose();
        throw new PeerUnreachableException("the silo's life is over");
    }

    private async Task<PeerConnection> DialAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
            var connection = await _dialer.DialAsync(Silo.DataPlane, either.Token).ConfigureAwait(false);
            _backoff.Succeeded();
            return connection;
        }
        catch (PeerUnreachableException error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _backoff.Failed();
            LogUnreachable(_logger, Silo.Name, error.Message);
            throw;
        }
    }

    private async Task ProbeAsync()
    {
        try
        {
            var connection = await DialAsync(CancellationToken.None).ConfigureAwait(false);
            lock (_gate)
            {
                if (!_isClosed && _idle.Count < _options.ConnectionsPerPeer)
                {
                    _idle.Push(connection);
                    return;
                }
            }

            connection.Dispose();
        }
        catch (PeerUnreachableException)
        {
            // It is tried again.
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "No connection to the silo {Silo}: {Reason}. It is not asked until it answers.")]
    private static partial void LogUnreachable(ILogger logger, string silo, string reason);
}
