namespace KvOrleans.Grains.Peers;

/// <summary>Remembers that a silo did not answer, so that requests fail at once and it is tried again now and then. Thread-safe.</summary>
internal sealed class PeerBackoff(TimeProvider time)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private int _failures;
    private long _triedAt;

    /// <summary>False from a failure until a success.</summary>
    public bool IsHealthy => Volatile.Read(ref _failures) == 0;

    /// <summary>After failures: whether the silo may be tried again now. True once a delay.</summary>
    public bool TryBegin()
    {
        lock (_gate)
        {
            if (_failures > 0 && time.GetElapsedTime(_triedAt) < Delay(_failures))
                return false;
            _triedAt = time.GetTimestamp();
            return true;
        }
    }

    public void Failed()
    {
        lock (_gate)
        {
            _failures++;
            _triedAt = time.GetTimestamp();
        }
    }

    public void Succeeded()
    {
        lock (_gate)
            _failures = 0;
    }

    private static TimeSpan Delay(int failures)
    {
        var delay = FirstDelay * Math.Pow(2, Math.Min(failures - 1, 10));
        return delay < LongestDelay ? delay : LongestDelay;
    }
}
