using KvOrleans.Client.Connections;
using KvOrleans.Client.Hedging;
using KvOrleans.Wire;

namespace KvOrleans.Client.Matching;

/// <summary>
/// A connection that carries the matches and releases of all callers at once: requests go out in the order in which they came, and
/// replies complete them in that order. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// Leases belong to this connection, so no single caller's deadline ends it: a reply that comes too late is read all the same, and
/// the lease in it is released.
/// </para>
/// <para>
/// The caller who finds nobody sending sends; what others add meanwhile is sent beside the callers, so that nobody sends for them beyond
/// his deadline. He does not wait until the bytes are gone: a silo that does not read holds nobody; what may collect is bounded.
/// </para>
/// </remarks>
internal sealed class LeaseChannel
{
    /// <summary>Requests that may wait for their replies.</summary>
    public const int MostPending = 1024;

    /// <summary>Bytes that may wait to be sent, beside one request.</summary>
    public const int MostUnsent = 8 << 20;

    private readonly Lock _gate = new();
    private readonly Queue<LeaseRequest> _pending = new();
    private readonly SiloConnection _connection;
    private readonly Action<Exception> _ended;
    private RespOutput _filling;
    private RespOutput _sending;
    private bool _isSending;
    private Exception? _broken;

    /// <summary>Takes over <paramref name="connection"/>; <paramref name="ended"/> is called once, when it has ended.</summary>
    public LeaseChannel(SiloConnection connection, Action<Exception> ended)
    {
        _connection = connection;
        _ended = ended;
        _filling = connection.Output;
        _sending = connection.NewOutput();
        _ = ReadRepliesAsync();
    }

    /// <summary>False when the connection has ended, and its leases with it.</summary>
    public bool IsOpen => Volatile.Read(ref _broken) is null;

    /// <summary>Sends <paramref name="request"/>; its reply completes it.</summary>
    /// <exception cref="NoConnectionException">The connection has ended, or too much is under way on it.</exception>
    public void Send(LeaseRequest request)
    {
        lock (_gate)
        {
            if (_broken is not null)
                throw new NoConnectionException("the connection has ended", _broken);
            if (_pending.Count >= MostPending || _filling.BufferedCount >= MostUnsent)
                throw new NoConnectionException("too many matches are under way");
            if (_pending.Count == 0)
                _connection.Progressed();
            request.Write(_filling);
            _pending.Enqueue(request);
            if (_isSending)
                return;
            _isSending = true;
        }

        _ = SendAsync();
    }

    /// <summary>Ends a lease, or a part of it, without waiting for the answer.</summary>
    public void Release(long leaseId, int from = 0)
    {
        try
        {
            Send(new ReleaseRequest(leaseId, from));
        }
        catch (NoConnectionException)
        {
            // The lease ends with the connection, or with its time.
        }
    }

    /// <summary>Ends the channel when a request waits and nothing has arrived for <paramref name="limit"/>.</summary>
    /// <returns>True when it was ended.</returns>
    public bool EndIfSilent(TimeSpan limit)
    {
        lock (_gate)
        {
            if (_broken is not null || _pending.Count == 0 || _connection.Silence < limit)
                return false;
        }

        End(new TimeoutException($"no reply for {limit.TotalMilliseconds} ms"));
        return true;
    }

    /// <summary>Tells the requests that wait how long nothing has arrived.</summary>
    /// <returns>True when one of them has no patience left.</returns>
    public bool Tick()
    {
        var impatient = false;
        lock (_gate)
        {
            if (_broken is not null || _pending.Count == 0)
                return false;
            var silence = _connection.Silence;
            if (silence < Responsiveness.ShortestDelay)
                return false;
            foreach (var request in _pending)
                impatient |= request.Silent(silence);
        }

        return impatient;
    }

    /// <summary>Ends the connection; requests that wait fail.</summary>
    public void End(Exception reason)
    {
        LeaseRequest[] pending;
        lock (_gate)
        {
            if (_broken is not null)
                return;
            _broken = reason;
            pending = [.. _pending];
            _pending.Clear();
        }

        _connection.Abort();
        var error = new NoConnectionException(reason.Message, reason);
        foreach (var request in pending)
            request.Fail(error);
        _ended(reason);
    }

    private async Task SendAsync()
    {
        try
        {
            for (var round = 0; ; round++)
            {
                lock (_gate)
                {
                    if (_broken is not null || _filling.BufferedCount == 0)
                    {
                        _isSending = false;
                        return;
                    }

                    (_filling, _sending) = (_sending, _filling);
                }

                // The first round is the caller's own request; what came meanwhile is not his to send.
                if (round == 1)
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                await _sending.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            End(error);
        }
    }

    private async Task ReadRepliesAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                var line = await _connection.Replies.ReadLineAsync(CancellationToken.None).ConfigureAwait(false);
                LeaseRequest? request;
                lock (_gate)
                {
                    if (!_pending.TryPeek(out request))
                        throw new RespProtocolException("a reply came that nobody asked for");
                }

                request.Heard(_connection.Silence);
                _connection.Progressed();
                // Stays at the head until it is answered, so that an end of the connection in the middle of its reply fails it.
                var orphan = await request.ReadReplyAsync(_connection.Replies, line, CancellationToken.None).ConfigureAwait(false);
                _connection.Progressed();
                lock (_gate)
                    _pending.TryDequeue(out _);
                if (orphan != 0)
                    Release(orphan);
            }
        }
        catch (Exception error)
        {
            End(error);
        }
        finally
        {
            _connection.Input.Dispose();
        }
    }
}
