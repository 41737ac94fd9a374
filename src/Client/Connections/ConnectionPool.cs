using System.Net;
using KvOrleans.Client.Metrics;
using KvOrleans.Wire.Connections;
using KvOrleans.Wire.Sockets;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Connections;

/// <summary>The connections to one silo for reads and writes: each is rented by one call at a time. Thread-safe.</summary>
/// <remarks>
/// <para>
/// Callers are served in the order in which they came. A connection is opened by the pool, not by the call that lacked one: a call
/// whose deadline is shorter than the opening leaves a connection behind for the next.
/// </para>
/// <para>
/// While the silo does not answer (<see cref="ConnectionBackoff.IsHealthy"/> is false) nobody waits for a connection to be opened; a caller
/// still waits for one that another call is using, for that one works.
/// </para>
/// </remarks>
internal sealed partial class ConnectionPool : IDisposable
{
    /// <summary>A connection that was silent for so long when its call's time was over makes its silo suspect.</summary>
    public static readonly TimeSpan SuspectAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a call that can go elsewhere waits in turn while no connection to the silo brings anything.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly List<SiloConnection> _looked = [];
    private readonly Stack<SiloConnection> _idle = new();
    private readonly HashSet<SiloConnection> _open = [];
    private readonly LinkedList<PoolWaiter> _waiters = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly IPEndPoint _endpoint;
    private readonly SiloDialer _dialer;
    private readonly ConnectionBackoff _backoff;
    private readonly PrefixCacheClientMetrics _metrics;
    private readonly ILogger _logger;
    private readonly int _most;
    private readonly int _mostWaiting;
    private int _dialing;
    private bool _closed;

    public ConnectionPool(
        IPEndPoint endpoint, PrefixCacheClientOptions options, SiloDialer dialer, ConnectionBackoff backoff, PrefixCacheClientMetrics metrics, ILogger logger)
    {
        _endpoint = endpoint;
        _dialer = dialer;
        _backoff = backoff;
        _metrics = metrics;
        _logger = logger;
        _most = options.ConnectionsPerSilo;
        _mostWaiting = options.WaitingCallsPerSilo;
    }

    /// <summary>The most connections there can be.</summary>
    public int Most => _most;

    /// <summary>Takes a connection for one call. It must come back through <see cref="Return"/>.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="impatient">Whether the call can go elsewhere: then it does not wait for a silo that is silent.</param>
    /// <exception cref="NoConnectionException">There is none, and none is to be expected.</exception>
    /// <exception cref="OperationCanceledException">The call's time is over.</exception>
    public ValueTask<SiloConnection> RentAsync(CancellationToken cancellationToken, bool impatient = false)
    {
        while (TryTakeIdle(out var connection))
        {
            if (connection.IsUsable())
            {
                connection.Progressed();
                return new(connection);
            }

            Close(connection);
        }

        return WaitAsync(cancellationToken, impatient);
    }

    /// <summary>Rents a connection for one question. What follows it runs on no reactor's thread; the connection is kept when <paramref name="ask"/> has read all of the answer, and so not failed.</summary>
    /// <exception cref="Exception">What <paramref name="ask"/> or <see cref="RentAsync"/> throws.</exception>
    public async Task<T> AskAsync<T>(Func<SiloConnection, Task<T>> ask, CancellationToken cancellationToken)
    {
        var connection = await RentAsync(cancellationToken).ConfigureAwait(false);
        var reusable = false;
        try
        {
            var answer = await ask(connection).ConfigureAwait(false);
            reusable = true;
            return answer;
        }
        finally
        {
            await SocketReactor.Leave();
            Return(connection, reusable);
        }
    }

    /// <summary>Gives a connection back.</summary>
    /// <param name="connection">What was rented.</param>
    /// <param name="reusable">True when its call ended as it should, with nothing left to send or to arrive.</param>
    public void Return(SiloConnection connection, bool reusable)
    {
        if (reusable && TryPass(connection))
            return;
        if (!reusable && !_closed && connection.Silence >= SuspectAfter)
            _backoff.Failed();
        Close(connection);
    }

    /// <summary>Opens a connection ahead of the first call.</summary>
    public void Warm()
    {
        lock (_gate)
        {
            if (_open.Count == 0)
                BeginDialFor(1);
        }
    }

    /// <summary>Opens a connection beside the calls when the silo did not answer lately, so that it is found out when it does.</summary>
    public void Probe()
    {
        SiloConnection? stale = null;
        lock (_gate)
        {
            // One of before the silence may be dead without anyone knowing; a new one tells.
            if (_dialing == 0 && _open.Count >= _most && _idle.TryPop(out stale))
                _open.Remove(stale);
            BeginDialFor(1);
        }

        if (stale is null)
            return;
        stale.Dispose();
        _metrics.ConnectionClosed();
    }

    /// <summary>Tells calls how long their connections have been silent, and sends elsewhere who waits in turn for a silent silo. One thread at a time.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            _looked.AddRange(_open);
            if (_waiters.Count > 0 && (!_backoff.IsHealthy || IsSilent()))
                FailImpatient();
        }

        foreach (var connection in _looked)
            connection.Watch?.Silent(connection.Silence);
        _looked.Clear();
    }

    /// <summary>Ends every connection; calls under way on them and callers that wait fail at once.</summary>
    public void Dispose()
    {
        SiloConnection[] used;
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            used = [.. _open.Except(_idle)];
            foreach (var idle in _idle)
            {
                _open.Remove(idle);
                idle.Dispose();
                _metrics.ConnectionClosed();
            }

            _idle.Clear();
        }

        _closing.Cancel();
        foreach (var connection in used)
            connection.Abort();
        ServeWaiters(null);
    }

    private void Close(SiloConnection connection)
    {
        lock (_gate)
            _open.Remove(connection);
        connection.Dispose();
        _metrics.ConnectionClosed();
        ServeWaiters(null);
    }

    private bool TryTakeIdle(out SiloConnection connection)
    {
        lock (_gate)
            return _idle.TryPop(out connection!);
    }

    private ValueTask<SiloConnection> WaitAsync(CancellationToken cancellationToken, bool impatient)
    {
        PoolWaiter waiter;
        lock (_gate)
        {
            if (_closed)
                throw new NoConnectionException("the client no longer uses this silo");
            if (_idle.TryPop(out var connection))
                return new(connection);
            BeginDialFor(_waiters.Count + 1);
            if (!MayCome() || (impatient && !_backoff.IsHealthy))
                throw new NoConnectionException("the silo did not answer lately");
            if (_waiters.Count >= _mostWaiting)
                throw new NoConnectionException("too many calls wait for a connection");
            waiter = new(this, impatient);
            _waiters.AddLast(waiter.Node);
        }

        return waiter.WaitAsync(cancellationToken);
    }

    /// <summary>Takes a waiter whose time is over off the queue.</summary>
    internal void Forget(PoolWaiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Node.List is not null)
                _waiters.Remove(waiter.Node);
        }
    }

    /// <summary>Hands a good connection to who waits longest, or keeps it. False when the pool is closed.</summary>
    private bool TryPass(SiloConnection connection)
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            while (_waiters.First is { } first)
            {
                _waiters.RemoveFirst();
                connection.Progressed();
                if (first.Value.TryServe(connection))
                    return true;
            }

            _idle.Push(connection);
            return true;
        }
    }

    /// <summary>After a connection was lost: opens another for those who wait, or tells them that there is none.</summary>
    private void ServeWaiters(Exception? cause)
    {
        lock (_gate)
        {
            if (_waiters.Count == 0)
                return;
            BeginDialFor(_waiters.Count);
            if (MayCome())
                return;
            var error = new NoConnectionException(cause?.Message ?? "the silo did not answer lately", cause);
            while (_waiters.First is { } first)
            {
                _waiters.RemoveFirst();
                first.Value.Fail(error);
            }
        }
    }

    /// <summary>Under the gate: whether no connection in use has brought anything lately.</summary>
    private bool IsSilent()
    {
        foreach (var connection in _open)
        {
            if (connection.Silence < Patience)
                return false;
        }

        return true;
    }

    private void FailImpatient()
    {
        var now = Environment.TickCount64;
        for (var node = _waiters.First; node is not null;)
        {
            var waiter = node.Value;
            node = node.Next;
            if (!waiter.IsImpatient || (_backoff.IsHealthy && now - waiter.Since < Patience.TotalMilliseconds))
                continue;
            _waiters.Remove(waiter.Node);
            waiter.Fail(new NoConnectionException("the silo is silent"));
        }
    }

    /// <summary>Under the gate: whether a call that waits can be served. Without one in use or being opened it would wait for nobody.</summary>
    private bool MayCome() => !_closed && (_open.Count > 0 || (_dialing > 0 && _backoff.IsHealthy));

    /// <summary>Under the gate: opens a connection more when fewer are being opened than calls wait.</summary>
    private void BeginDialFor(int waiting)
    {
        if (_closed || _dialing >= waiting || _open.Count + _dialing >= _most || !_backoff.TryBegin())
            return;
        _dialing++;
        // Begun elsewhere: the first part of opening a connection runs system calls, and the gate is held.
        _ = Task.Run(DialAsync);
    }

    private async Task DialAsync()
    {
        SiloConnection connection;
        try
        {
            connection = await _dialer.DialAsync(_endpoint, _closing.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            lock (_gate)
                _dialing--;
            if (!_closed)
            {
                _backoff.Failed();
                _metrics.ConnectionFailed();
                LogDialFailed(_logger, _endpoint, error.Message);
            }

            ServeWaiters(error);
            return;
        }

        _backoff.Succeeded();
        _metrics.ConnectionOpened();
        lock (_gate)
        {
            _dialing--;
            _open.Add(connection);
        }

        if (!TryPass(connection))
            Return(connection, reusable: false);
    }

    [LoggerMessage(1, LogLevel.Warning, "No connection to the silo at {Endpoint}: {Reason}. Its blocks are misses until it answers.")]
    private static partial void LogDialFailed(ILogger logger, IPEndPoint endpoint, string reason);
}
