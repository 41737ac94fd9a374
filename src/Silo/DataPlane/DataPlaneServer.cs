using System.Net;
using System.Net.Sockets;
using KvOrleans.Silo.DataPlane.Commands;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane;

/// <summary>Listens, admits a bounded number of connections, and gives each a session. Listens before the silo joins, admits when it is active, closes before it stops.</summary>
internal sealed partial class DataPlaneServer(
    DataPlaneServices services, SessionRegistry sessions, CommandTable commands, IPEndPoint endpoint, ILogger<DataPlaneServer> logger)
    : IHostedLifecycleService, IDisposable
{
    private const int Backlog = 1024;
    private const int RecordsPerSweep = 20_000;

    private static readonly TimeSpan HouseKeeping = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);
    private static readonly byte[] TooMany = "-ERR max number of clients reached\r\n"u8.ToArray();

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private Task _keepingHouse = Task.CompletedTask;
    private long _lastId;
    private int _running;
    private long _acceptTurns;
    private long _housekeepingTurns;

    /// <summary>True while connections are accepted.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>What has ended though the data plane is open; null when nothing has.</summary>
    public string? WhatEnded => (IsOpen, _accepting.IsCompleted, _keepingHouse.IsCompleted) switch
    {
        (true, true, _) => "the data plane accepts no connections any more",
        (true, _, true) => "the data plane's housekeeping has ended",
        _ => null,
    };

    /// <summary>Tries to accept a connection so far, those that failed too.</summary>
    public long AcceptTurns => Volatile.Read(ref _acceptTurns);

    /// <summary>Rounds of housekeeping so far.</summary>
    public long HousekeepingTurns => Volatile.Read(ref _housekeepingTurns);

    /// <summary>Whether a connection waits to be accepted.</summary>
    public bool HasWaitingConnection
    {
        get
        {
            try
            {
                return IsOpen && _listener?.Poll(TimeSpan.Zero, SelectMode.SelectRead) == true;
            }
            catch (Exception error) when (error is ObjectDisposedException or SocketException)
            {
                return false;
            }
        }
    }

    /// <summary>Listens before this silo is in anybody's map, so that nobody who finds it there is refused: who comes early waits.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(endpoint);
            listener.Listen(Backlog);
        }
        catch (SocketException error)
        {
            listener.Dispose();
            throw new InvalidOperationException($"The data plane cannot listen on {endpoint} (KvOrleans:DataPlane:Port): {error.Message}", error);
        }

        _listener = listener;
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var listener = _listener ?? throw new InvalidOperationException("The data plane does not listen.");
        _running = 1;
        LogListening(endpoint);
        _accepting = Task.Run(() => AcceptAsync(listener), CancellationToken.None);
        _keepingHouse = Task.Run(KeepHouseAsync, CancellationToken.None);
        IsOpen = true;
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Accepts no more, lets commands under way finish for a moment, then closes what is left.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!IsOpen)
            return;
        IsOpen = false;
        _listener?.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _keepingHouse.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Ended();
        if (!await DrainAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var session in sessions.All)
                session.Abort();
            // What still runs is a decision that does not come back; the stop does not wait for it for ever.
            await DrainAsync(CancellationToken.None).ConfigureAwait(false);
        }

        LogClosed();
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _stopping.Dispose();
    }

    private async Task<bool> DrainAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _drained.Task.WaitAsync(StopGrace, services.Time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        for (; !_stopping.IsCancellationRequested; Interlocked.Increment(ref _acceptTurns))
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error)
            {
                // Out of descriptors, or the peer was gone before it was accepted: the next one may do better.
                LogNotAccepted(error.SocketErrorCode);
                await Task.Delay(TimeSpan.FromMilliseconds(10), services.Time, CancellationToken.None).ConfigureAwait(false);
                continue;
            }

            try
            {
                Admit(socket);
            }
            catch (Exception error) when (error is SocketException or IOException)
            {
                // The peer was gone before it was admitted.
                socket.Dispose();
            }
        }
    }

    private void Admit(Socket socket)
    {
        if (sessions.Count >= services.Options.DataPlane.MaxConnections)
        {
            services.Counters.Refused();
            using (socket)
            {
                socket.Blocking = false;
                _ = socket.Send(TooMany, SocketFlags.None, out _);
            }

            return;
        }

        socket.NoDelay = true;
        var session = new Session(Interlocked.Increment(ref _lastId), socket, services, commands);
        sessions.Add(session);
        services.Counters.Opened();
        Interlocked.Increment(ref _running);
        _ = Task.Run(() => ServeAsync(session), CancellationToken.None);
    }

    private async Task ServeAsync(Session session)
    {
        try
        {
            await session.RunAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogSessionFailed(error, session.Id);
        }
        finally
        {
            await EndAsync(session).ConfigureAwait(false);
        }
    }

    /// <summary>Whatever fails, the connection is closed and counted as ended: the silo waits for the last one before it stops.</summary>
    private async ValueTask EndAsync(Session session)
    {
        try
        {
            using (session)
                await session.AbandonDecisionsAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogSessionFailed(error, session.Id);
        }
        finally
        {
            sessions.Remove(session);
            services.Counters.Closed();
            Ended();
        }
    }

    private void Ended()
    {
        if (Interlocked.Decrement(ref _running) == 0)
            _drained.TrySetResult();
    }

    private async Task KeepHouseAsync()
    {
        using var timer = new PeriodicTimer(HouseKeeping, services.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                KeepHouse();
                Interlocked.Increment(ref _housekeepingTurns);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    /// <summary>Goes on after an error: without it nothing that stalls would be closed and nothing that stops would be waited for.</summary>
    private void KeepHouse()
    {
        try
        {
            services.Store.SweepExpired(RecordsPerSweep);
            services.Fills.DropEnded();
            CloseStalled();
        }
        catch (Exception error)
        {
            LogHouseKeepingFailed(error);
        }
    }

    private void CloseStalled()
    {
        var horizon = services.Time.GetTimestamp()
            - (long)(services.Options.DataPlane.StallTimeout.TotalSeconds * services.Time.TimestampFrequency);
        foreach (var session in sessions.All)
        {
            if (!session.CloseIfStalled(horizon))
                continue;
            services.Counters.Stalled();
            LogStalled(session.Id, services.Options.DataPlane.StallTimeout);
        }
    }
}
