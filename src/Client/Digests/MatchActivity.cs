namespace KvOrleans.Client.Digests;

/// <summary>Whether matches go on: digests are kept for them, and for nobody else. Thread-safe.</summary>
internal sealed class MatchActivity(TimeProvider clock)
{
    /// <summary>Without a match for so long, nothing is asked any more.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly long _patience = (long)(Patience.TotalSeconds * clock.TimestampFrequency);
    private TaskCompletionSource? _next;
    private long _matchedAt;
    private bool _isBegun;

    /// <summary>True when there was no match lately.</summary>
    public bool IsIdle => !Volatile.Read(ref _isBegun) || clock.GetTimestamp() - Volatile.Read(ref _matchedAt) >= _patience;

    /// <summary>A match begins, at <paramref name="now"/>.</summary>
    public void Matched(long now)
    {
        Volatile.Write(ref _matchedAt, now);
        Volatile.Write(ref _isBegun, true);
        // Either this sees who waits, or who is about to wait sees the match.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _next) is null)
            return;
        TaskCompletionSource? next;
        lock (_gate)
            (next, _next) = (_next, null);
        next?.TrySetResult();
    }

    /// <summary>Waits for the next match; not at all while they go on.</summary>
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
