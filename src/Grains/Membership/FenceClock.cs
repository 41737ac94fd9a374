using System.Runtime.InteropServices;

namespace KvOrleans.Grains.Membership;

/// <summary>The monotonic clock of fences: where the system has one, it goes on while the machine is suspended.</summary>
/// <param name="time">Another clock, whose own monotonic time it is then.</param>
internal sealed class FenceClock(TimeProvider? time = null)
{
    private const int BootTime = 7;

    private readonly TimeProvider? _time = time ?? (OperatingSystem.IsLinux() ? null : TimeProvider.System);

    /// <summary>Timestamps in a second.</summary>
    public long TimestampFrequency => _time?.TimestampFrequency ?? 1_000_000_000;

    /// <summary>The time now.</summary>
    public long GetTimestamp()
    {
        if (_time is not null)
            return _time.GetTimestamp();
        _ = GetTime(BootTime, out var now);
        return (now.Seconds * 1_000_000_000) + now.Nanoseconds;
    }

    /// <summary>The time since <paramref name="timestamp"/>.</summary>
    public TimeSpan GetElapsedTime(long timestamp) =>
        TimeSpan.FromTicks((long)((Int128)(GetTimestamp() - timestamp) * TimeSpan.TicksPerSecond / TimestampFrequency));

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    private static extern int GetTime(int clock, out Instant now);

    private struct Instant
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
