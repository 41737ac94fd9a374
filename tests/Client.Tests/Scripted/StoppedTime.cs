namespace KvOrleans.Client.Tests.Scripted;

/// <summary>Time that stands still: whoever pauses does so for good, and is counted.</summary>
internal sealed class StoppedTime : TimeProvider
{
    private int _pauses;

    public int Pauses => Volatile.Read(ref _pauses);

    public override long GetTimestamp() => 1;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _pauses);
        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
