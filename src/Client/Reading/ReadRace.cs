using KvOrleans.Client.Connections;
using KvOrleans.Client.Hedging;

namespace KvOrleans.Client.Reading;

/// <summary>
/// One connection's reads, each of which another silo may be asked for as well when the first byte of the reply does not come in time. Of two replies the
/// first to begin wins the caller's memory; the other's connection is closed.
/// </summary>
/// <remarks>
/// <para>
/// Who may write into the caller's memory is decided by one word, which holds the number of the reply that is awaited and the phase that it is in: who
/// rented the connection takes the reply from <c>Waiting</c> or <c>Hedged</c>, the hedge only from <c>Hedged</c> and of the very reply it was made for.
/// A hedge that comes too late finds another number or another phase, whatever has happened since.
/// </para>
/// <para>
/// The same word ends a connection that stays silent: not when its call has let go of it (<see cref="TryLetGo"/>), for then it is another call's.
/// </para>
/// </remarks>
internal abstract class ReadRace(SiloLink link, Hedges hedges, CancellationToken cancellationToken) : IConnectionWatch, IFirstByte
{
    private const int Waiting = 0;
    private const int Hedged = 1;
    private const int Taken = 2;
    private const int Lost = 3;
    private const int Over = 4;
    private const int Phases = 8;

    private long _state = Over;
    private int _round;
    private bool _wasLate;
    private bool _wasRefused;
    private SiloConnection? _connection;
    private CancellationTokenSource? _cancelling;
    private Task? _hedge;

    /// <summary>True when the hedge has won: nothing that the connection still brings counts.</summary>
    public bool IsLost => Volatile.Read(ref _state) % Phases == Lost;

    /// <summary>The silo that is asked.</summary>
    protected SiloLink Link => link;

    /// <summary>What hedges are made with.</summary>
    protected Hedges Hedges => hedges;

    /// <summary>Watches over <paramref name="connection"/>, on which reply 0 is awaited.</summary>
    public void Begin(SiloConnection connection)
    {
        _connection = connection;
        Volatile.Write(ref _state, Waiting);
        connection.Watch = this;
        hedges.Clock.Want();
    }

    /// <summary>The next reply is awaited, after one was taken.</summary>
    /// <exception cref="NoConnectionException">The connection was ended.</exception>
    public void AwaitNext()
    {
        var taken = StateOf(_round, Taken);
        _round++;
        if (!TryTurn(taken, StateOf(_round, Waiting)))
            throw new NoConnectionException("the silo is silent");
    }

    /// <summary>The call is done with the connection. False when it was ended meanwhile or is the loser's: then it is not to be used again.</summary>
    public bool TryLetGo()
    {
        if (_connection is { } connection)
            connection.Watch = null;
        return TryTurn(StateOf(_round, Taken), StateOf(_round, Over)) || TryTurn(StateOf(_round, Waiting), StateOf(_round, Over));
    }

    /// <summary>Waits for the hedge. One that has not won goes on when it <paramref name="isWanted"/>, else it ends.</summary>
    public async ValueTask EndAsync(bool isWanted)
    {
        if (Volatile.Read(ref _hedge) is not { } hedge)
            return;
        if (!isWanted && !IsLost)
            Volatile.Read(ref _cancelling)?.Cancel();
        await hedge.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public bool Arrived(bool isBlock)
    {
        link.Reads.Heard(_connection!.Silence);
        if (TryTurn(StateOf(_round, Waiting), StateOf(_round, Taken)))
            return true;
        if (!TryTurn(StateOf(_round, Hedged), StateOf(_round, Taken)))
            return false;
        Volatile.Read(ref _cancelling)?.Cancel();
        return true;
    }

    /// <inheritdoc/>
    public void Silent(TimeSpan silence)
    {
        var state = Volatile.Read(ref _state);
        var phase = (int)(state % Phases);
        if (silence >= ConnectionPool.SuspectAfter)
        {
            if (phase is Waiting or Taken && TryTurn(state, state - phase + Over))
                _connection!.Abort();
        }
        else if (phase == Waiting && silence >= link.Reads.Delay)
        {
            if (!_wasLate)
                link.Reads.Late();
            _wasLate = true;
            TryHedge(state);
        }
    }

    /// <summary>The hedge's reply to <paramref name="round"/> begins. True when it has won; then the connection is ended.</summary>
    public bool TryWin(int round)
    {
        if (!TryTurn(StateOf(round, Hedged), StateOf(round, Lost)))
            return false;
        link.Reads.Beaten(_connection!.Silence);
        // From here on only the call's deadline ends it.
        _cancelling!.CancelAfter(Timeout.InfiniteTimeSpan);
        _connection.Abort();
        return true;
    }

    /// <summary>What asking for <paramref name="round"/> elsewhere costs, in bytes; 0 when there is nobody to ask.</summary>
    protected abstract long CostOf(int round);

    /// <summary>Asks another silo for <paramref name="round"/>; it must win (<see cref="TryWin"/>) before it touches the caller's memory.</summary>
    protected abstract Task HedgeAsync(int round, CancellationToken cancellationToken);

    private static long StateOf(int round, int phase) => ((long)round * Phases) + phase;

    private bool TryTurn(long from, long to) => Interlocked.CompareExchange(ref _state, to, from) == from;

    /// <summary>Once a race, by the clock's thread alone.</summary>
    private void TryHedge(long state)
    {
        var round = (int)(state / Phases);
        if (_hedge is not null || CostOf(round) is not (> 0 and var cost))
            return;
        if (!hedges.TryBegin(cost, !link.Backoff.IsHealthy))
        {
            if (!_wasRefused)
                hedges.Ended("read", "refused");
            _wasRefused = true;
            return;
        }

        // Whoever sees the phase sees the hedge, and waits for it: until then the call's token is the call's.
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _cancelling, new());
        Volatile.Write(ref _hedge, ended.Task);
        if (TryTurn(state, StateOf(round, Hedged)))
            _ = Task.Run(() => RunAsync(round, ended));
        else
            ended.SetResult();
    }

    private async Task RunAsync(int round, TaskCompletionSource ended)
    {
        var cancelling = _cancelling!;
        try
        {
            await using var call = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), cancelling).ConfigureAwait(false);
            cancelling.CancelAfter(ConnectionPool.SuspectAfter);
            await HedgeAsync(round, cancelling.Token).ConfigureAwait(false);
            // The other does not have it: this one is worth waiting for as long again.
            if (!IsLost)
                _connection!.Progressed();
        }
        catch (Exception)
        {
            // What it has read counts, what it has not is asked for elsewhere.
        }
        finally
        {
            // When it has not won, the connection is all there is again.
            TryTurn(StateOf(round, Hedged), StateOf(round, Waiting));
            hedges.Ended("read", IsLost ? "won" : "lost");
            ended.SetResult();
        }
    }
}
