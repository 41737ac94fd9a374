namespace KvOrleans.Grains.Replication;

/// <summary>Tells when all decisions that began before a moment have ended. Thread-safe.</summary>
/// <remarks>
/// Decisions are counted in two turns. Who waits has new ones counted in the other turn, until this one is empty, and that twice: a decision that a wait cut short left
/// behind may be in either.
/// </remarks>
internal sealed class DecisionGate(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly long[] _open = new long[2];
    private int _turn;

    /// <summary>A decision begins; the map is to be looked at only then.</summary>
    /// <returns>What to pass to <see cref="Leave"/>.</returns>
    public int Enter()
    {
        var turn = Volatile.Read(ref _turn) & 1;
        Interlocked.Increment(ref _open[turn]);
        return turn;
    }

    /// <summary>A decision is over, and what it published has been offered to whoever owns it.</summary>
    public void Leave(int turn) => Interlocked.Decrement(ref _open[turn]);

    /// <summary>Completes when every decision that has begun is over. Those that begin meanwhile do not hold it up.</summary>
    public async Task AllEndedAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var turns = 0; turns < _open.Length; turns++)
            {
                var former = (Interlocked.Increment(ref _turn) - 1) & 1;
                while (Volatile.Read(ref _open[former]) > 0)
                    await Task.Delay(Look, time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();
}
