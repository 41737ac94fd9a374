namespace KvOrleans.Grains.Replication;

/// <summary>So many bytes a second. One may take when nothing is owed, as much as it likes; the next waits until that is paid. Thread-safe.</summary>
/// <param name="bytesPerSecond">How many.</param>
/// <param name="time">The clock.</param>
public sealed class ByteBudget(long bytesPerSecond, TimeProvider time)
{
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private double _balance;
    private long _seen = time.GetTimestamp();

    /// <summary>How long until something may be taken; zero or less: now.</summary>
    public TimeSpan Wait
    {
        get
        {
            lock (_lock)
            {
                Earn();
                return _balance >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Max(0.001, -_balance / bytesPerSecond));
            }
        }
    }

    /// <summary>Takes bytes, whatever the balance.</summary>
    public void Take(long bytes)
    {
        lock (_lock)
        {
            Earn();
            _balance -= bytes;
        }
    }

    private void Earn()
    {
        var now = time.GetTimestamp();
        _balance = Math.Min(_balance + (time.GetElapsedTime(_seen, now).TotalSeconds * bytesPerSecond), Burst.TotalSeconds * bytesPerSecond);
        _seen = now;
    }
}
