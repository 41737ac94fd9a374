using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Hedging;

/// <summary>Looks at all connections every 10 ms while calls are made: one timer for all of them, for a timer each would cost every call.</summary>
internal sealed class SilenceClock : IDisposable
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);

    // It stops when no call was made for so long, so that an idle process is left to sleep.
    private const long IdleMilliseconds = 60_000;

    private readonly Lock _gate = new();
    private readonly Func<SiloLink[]> _links;
    private readonly ITimer _timer;
    private long _wantedAt;
    private bool _running;
    private bool _disposed;
    private int _ticking;

    /// <summary>Looks at the links that <paramref name="links"/> returns.</summary>
    public SilenceClock(Func<SiloLink[]> links, TimeProvider time)
    {
        _links = links;
        _timer = time.CreateTimer(static clock => ((SilenceClock)clock!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A call begins that wants to be looked after.</summary>
    public void Want()
    {
        Volatile.Write(ref _wantedAt, Environment.TickCount64);
        if (Volatile.Read(ref _running))
            return;
        lock (_gate)
        {
            if (_running || _disposed)
                return;
            _running = true;
            _timer.Change(Period, Period);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _timer.Dispose();
    }

    private void Tick()
    {
        // A tick that takes long must not meet the next.
        if (Interlocked.Exchange(ref _ticking, 1) != 0)
            return;
        foreach (var link in _links())
            link.Tick();
        Volatile.Write(ref _ticking, 0);
        if (Environment.TickCount64 - Volatile.Read(ref _wantedAt) < IdleMilliseconds)
            return;
        lock (_gate)
        {
            if (_disposed)
                return;
            _running = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
