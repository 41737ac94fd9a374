namespace KvOrleans.Grains;

/// <summary>Wakes everyone who waits for something to change. Take <see cref="Next"/>, look, then wait. Thread-safe.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource? _next;

    public Task Next
    {
        get
        {
            var next = Volatile.Read(ref _next);
            if (next is not null)
                return next.Task;
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _next, mine, null) ?? mine).Task;
        }
    }

    public void Beat() => Interlocked.Exchange(ref _next, null)?.TrySetResult();
}
