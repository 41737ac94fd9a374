namespace KvOrleans.Client.News;

/// <summary>Whether matches or reads go on: what silos tell of themselves is kept up with for them, and for nobody else. Thread-safe.</summary>
internal sealed class CallActivity(TimeProvider clock)
{
    /// <summary>Without a call for so long, nothing is asked any more.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly long _patience = (long)(Patience.TotalSeconds * clock.TimestampFrequency);
    private TaskCompletionSource? _next;
    private long _calledAt;
    private bool _isBegun;

    /// <summary>True when there was no call lately.</summary>
    public bool IsIdle => !Volatile.Read(ref _isBegun) || clock.GetTimestamp() - Volatile.Read(ref _calledAt) >= _patience;

    /// <summary>A match or a read begins.</summary>
    public void Called() => Called(clock.GetTimestamp());

    /// <summary>A match or a read begins, at <paramref name="now"/>.</summary>
    public void Called(long now)
    {
        Volatile.Write(ref _calledAt, now);
        Volatile.Write(ref _isBegun, true);
        // Either this sees who waits, or who is about to wait sees the call.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _next) is null)
            return;
        TaskCompletionSource? next;
        lock (_gate)
            (next, _next) = (_next, null);
        next?.TrySetResult();
    }

    /// <summary>Waits for the next call; not at all while they go on.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _next ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.MemoryBarrier();
            return IsIdle ? _next.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
        }
    }
}
