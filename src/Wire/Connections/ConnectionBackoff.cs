namespace KvOrleans.Wire.Connections;

/// <summary>Remembers that the other side did not answer, so that calls fail at once and it is tried again now and then. Thread-safe.</summary>
/// <remarks>
/// While <see cref="IsHealthy"/>, calls may wait for a connection to be opened. After a failure nobody waits: calls are misses, and one
/// attempt runs beside them each time the delay has passed, until one succeeds.
/// </remarks>
public sealed class ConnectionBackoff(TimeProvider time)
{
    /// <summary>The delay after the first failure; it doubles up to <see cref="LongestDelay"/>.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest delay between attempts.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private int _failures;
    private long _failedAt;

    /// <summary>False from a failure until a success.</summary>
    public bool IsHealthy => Volatile.Read(ref _failures) == 0;

    /// <summary>Whether a connection may be tried now. After failures, true at most once a delay.</summary>
    public bool TryBegin()
    {
        if (IsHealthy)
            return true;
        lock (_gate)
        {
            if (_failures > 0 && time.GetElapsedTime(_failedAt) < Delay(_failures))
                return false;
            _failedAt = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>The silo did not answer.</summary>
    public void Failed()
    {
        lock (_gate)
        {
            _failures++;
            _failedAt = time.GetTimestamp();
        }
    }

    /// <summary>The silo has answered.</summary>
    public void Succeeded()
    {
        if (IsHealthy)
            return;
        lock (_gate)
            _failures = 0;
    }

    private static TimeSpan Delay(int failures)
    {
        var delay = FirstDelay * Math.Pow(2, Math.Min(failures - 1, 10));
        return delay < LongestDelay ? delay : LongestDelay;
    }
}
