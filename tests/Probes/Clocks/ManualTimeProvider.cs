namespace KvOrleans.Probes.Clocks;

/// <summary>A monotonic clock that stands still until it is moved. One tick of it is one tick of a <see cref="TimeSpan"/>. Timers are the system's. Thread-safe.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    // Some time has passed already: what is told to have been long ago may be.
    private long _now = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);
}
