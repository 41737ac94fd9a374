using KvOrleans.Client.Connections;
using KvOrleans.Wire.Connections;

namespace KvOrleans.Client.Hedging;

/// <summary>How soon a silo's replies begin: when to ask another as well, and when to stop asking this one. Thread-safe.</summary>
/// <remarks>The average is kept without a lock: a lost update is one of many samples.</remarks>
internal sealed class Responsiveness(ConnectionBackoff backoff, TimeProvider time)
{
    /// <summary>The least time to wait before another silo is asked as well.</summary>
    public static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>The most time to wait before another silo is asked as well.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>So many calls in a row that waited too long, over <see cref="SuspectSpan"/> at least, make the silo suspect.</summary>
    public const int SuspectCalls = 3;

    /// <summary>One pause of a process must not make its silo suspect, however many calls meet it.</summary>
    public static readonly TimeSpan SuspectSpan = TimeSpan.FromMilliseconds(80);

    private const double Multiple = 4;
    private const double Weight = 1.0 / 8;

    private readonly Lock _gate = new();
    private double _average;
    private int _late;
    private long _lateSince;

    /// <summary>How long the first byte of a reply is waited for before another silo is asked as well.</summary>
    public TimeSpan Delay
    {
        get
        {
            var delay = TimeSpan.FromMilliseconds(Volatile.Read(ref _average) * Multiple);
            return delay < ShortestDelay ? ShortestDelay : delay > LongestDelay ? LongestDelay : delay;
        }
    }

    /// <summary>How long replies take to begin, in milliseconds; 0 before the first.</summary>
    public double AverageMilliseconds => Volatile.Read(ref _average);

    /// <summary>A reply began after <paramref name="waited"/>.</summary>
    public void Heard(TimeSpan waited)
    {
        Sample(waited);
        if (Volatile.Read(ref _late) != 0)
            Volatile.Write(ref _late, 0);
        backoff.Succeeded();
    }

    /// <summary>A reply has not begun in time: another was taken after <paramref name="waited"/>, so that the silo's own time is at least that.</summary>
    public void Beaten(TimeSpan waited) => Sample(waited);

    /// <summary>A call has waited longer than <see cref="Delay"/>.</summary>
    public void Late()
    {
        lock (_gate)
        {
            if (_late++ == 0)
                _lateSince = time.GetTimestamp();
            if (_late < SuspectCalls || time.GetElapsedTime(_lateSince) < SuspectSpan)
                return;
            _late = 0;
        }

        backoff.Failed();
    }

    private void Sample(TimeSpan waited)
    {
        var average = Volatile.Read(ref _average);
        Volatile.Write(ref _average, average + ((waited.TotalMilliseconds - average) * Weight));
    }
}
