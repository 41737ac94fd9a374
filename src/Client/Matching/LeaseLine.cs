using System.Net;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Metrics;
using KvOrleans.Wire.Connections;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Matching;

/// <summary>Keeps one <see cref="LeaseChannel"/> to a silo open, and opens another when it has ended. Thread-safe.</summary>
internal sealed partial class LeaseLine(
    IPEndPoint endpoint, SiloDialer dialer, ConnectionBackoff backoff, PrefixCacheClientMetrics metrics, ILogger logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private LeaseChannel? _channel;
    private Task<LeaseChannel>? _dialing;
    private bool _closed;

    /// <summary>The channel, when one is open.</summary>
    public LeaseChannel? Open => Volatile.Read(ref _channel) is { IsOpen: true } open ? open : null;

    /// <summary>The open channel; waits for it to be opened while the silo is thought to answer.</summary>
    /// <exception cref="NoConnectionException">There is none, and none is to be expected.</exception>
    /// <exception cref="OperationCanceledException">The call's time is over.</exception>
    public ValueTask<LeaseChannel> GetAsync(CancellationToken cancellationToken) => GetAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <inheritdoc cref="GetAsync(CancellationToken)"/>
    /// <param name="patience">How long to wait for it to be opened: less than for ever for who can go elsewhere.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">It took longer than <paramref name="patience"/>.</exception>
    public ValueTask<LeaseChannel> GetAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _channel) is { IsOpen: true } open)
            return new(open);
        var dialing = Begin();
        if (dialing is null || (!backoff.IsHealthy && !dialing.IsCompleted))
            throw new NoConnectionException("the silo did not answer lately");
        return new(dialing.WaitAsync(patience, cancellationToken));
    }

    /// <summary>Waits a moment for the channel to be opened, at once and also when the silo did not answer lately.</summary>
    /// <returns>False when the silo refuses or is not used any more: nothing is to be expected of it.</returns>
    /// <exception cref="OperationCanceledException">The call's time is over.</exception>
    public async Task<bool> ReopenAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (Begin(isAtOnce: true) is not { } dialing)
            return false;
        try
        {
            await dialing.WaitAsync(patience, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return true;
        }
        catch (NoConnectionException error)
        {
            return error.InnerException is OperationCanceledException;
        }
    }

    /// <summary>Opens a channel ahead of the first call.</summary>
    public void Warm() => Begin();

    /// <summary>A call's time was over: ends a channel on which nothing arrives any more.</summary>
    public void CallWasLate()
    {
        if (Volatile.Read(ref _channel)?.EndIfSilent(ConnectionPool.SuspectAfter) == true)
            backoff.Failed();
    }

    /// <summary>Tells the matches that wait how long nothing has arrived; ends the channel when it has been silent for too long for one of them.</summary>
    public void Tick()
    {
        if (Volatile.Read(ref _channel)?.Tick() == true)
            CallWasLate();
    }

    /// <summary>Ends the channel; its leases end with it.</summary>
    public void Dispose()
    {
        LeaseChannel? channel;
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            channel = _channel;
        }

        _closing.Cancel();
        channel?.End(new ObjectDisposedException(nameof(LeaseLine)));
    }

    private Task<LeaseChannel>? Begin(bool isAtOnce = false)
    {
        lock (_gate)
        {
            if (_closed)
                return null;
            if (_channel is { IsOpen: true } open)
                return Task.FromResult(open);
            if (_dialing is not null)
                return _dialing;
            if (!backoff.TryBegin() && !isAtOnce)
                return null;
            _dialing = Task.Run(DialAsync);
            // A failure is logged where it happens; it may be that nobody waits for it.
            _ = _dialing.ContinueWith(static task => task.Exception, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously);
            return _dialing;
        }
    }

    private async Task<LeaseChannel> DialAsync()
    {
        try
        {
            var connection = await dialer.DialAsync(endpoint, _closing.Token).ConfigureAwait(false);
            metrics.ConnectionOpened();
            backoff.Succeeded();
            var channel = new LeaseChannel(connection, Ended);
            lock (_gate)
            {
                _dialing = null;
                _channel = channel;
                if (!_closed)
                    return channel;
            }

            channel.End(new ObjectDisposedException(nameof(LeaseLine)));
            return channel;
        }
        catch (Exception error)
        {
            lock (_gate)
                _dialing = null;
            if (!_closed)
            {
                backoff.Failed();
                metrics.ConnectionFailed();
                LogDialFailed(logger, endpoint, error.Message);
            }

            throw;
        }
    }

    private void Ended(Exception reason)
    {
        metrics.ConnectionClosed();
        if (!_closed)
            LogEnded(logger, endpoint, reason.Message);
    }

    [LoggerMessage(1, LogLevel.Warning, "No connection for leases to the silo at {Endpoint}: {Reason}. Its blocks are misses until it answers.")]
    private static partial void LogDialFailed(ILogger logger, IPEndPoint endpoint, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The connection for leases to the silo at {Endpoint} has ended, and its leases with it: {Reason}")]
    private static partial void LogEnded(ILogger logger, IPEndPoint endpoint, string reason);
}
