namespace KvOrleans.Grains.Membership;

/// <summary>Whether this life is over for registers. Once it is, it stays so: the host gives way to a new life. Thread-safe.</summary>
public sealed class LifeEnd
{
    private readonly TaskCompletionSource<string> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOver;

    /// <summary>Whether it is over.</summary>
    public bool IsOver => _isOver;

    /// <summary>Completes with the reason when it is over.</summary>
    public Task<string> Over => _over.Task;

    /// <summary>It is over; the first reason counts.</summary>
    public void Declare(string reason)
    {
        _isOver = true;
        _over.TrySetResult(reason);
    }
}
