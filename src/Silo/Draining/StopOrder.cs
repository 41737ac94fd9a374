using KvOrleans.Silo.Health;

namespace KvOrleans.Silo.Draining;

/// <summary>Tells the process to stop, whoever says so: a signal or an operator. One order over all lives; given again it changes nothing. Thread-safe.</summary>
internal sealed class StopOrder(SiloCourse course) : IDisposable
{
    private readonly CancellationTokenSource _given = new();
    private readonly CancellationTokenSource _pressed = new();
    private int _signals;

    /// <summary>Cancelled when the order is given.</summary>
    public CancellationToken Token => _given.Token;

    /// <summary>Cancelled by the second signal: to give blocks away first takes too long for who stops the process.</summary>
    public CancellationToken Pressed => _pressed.Token;

    /// <summary>Gives it: from now on the silo is not ready. What follows runs elsewhere.</summary>
    public void Give()
    {
        course.Enter(SiloStage.Stopping);
        _ = _given.CancelAsync();
    }

    /// <summary>Gives it by a signal. The first behind an operator's order says the same as the order.</summary>
    public void Signal()
    {
        Give();
        if (Interlocked.Increment(ref _signals) > 1)
            _ = _pressed.CancelAsync();
    }

    public void Dispose()
    {
        _given.Dispose();
        _pressed.Dispose();
    }
}
