using KvOrleans.Silo.Health;

namespace KvOrleans.Silo.Draining;

/// <summary>Tells the process to stop, whoever says so: a signal or an operator. One order over all lives; given again it changes nothing. Thread-safe.</summary>
internal sealed class StopOrder(SiloCourse course) : IDisposable
{
    private readonly CancellationTokenSource _given = new();

    /// <summary>Cancelled when the order is given.</summary>
    public CancellationToken Token => _given.Token;

    /// <summary>Gives it: from now on the silo is not ready. What follows runs elsewhere.</summary>
    public void Give()
    {
        course.Enter(SiloStage.Stopping);
        _ = _given.CancelAsync();
    }

    public void Dispose() => _given.Dispose();
}
