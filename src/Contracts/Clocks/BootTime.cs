using System.Runtime.InteropServices;

namespace KvOrleans.Contracts.Clocks;

/// <summary>Monotonic time that, where the system has such a clock, goes on while the machine is suspended. Thread-safe.</summary>
/// <remarks>For what must not be taken for recent after a suspension. Timers and the time of day are the system's.</remarks>
public sealed class BootTime : TimeProvider
{
    private const int BootTimeClock = 7;

    private BootTime()
    {
    }

    /// <summary>The clock of this machine: <c>CLOCK_BOOTTIME</c> on Linux, elsewhere <see cref="TimeProvider.System"/>.</summary>
    public static TimeProvider Provider { get; } = OperatingSystem.IsLinux() ? new BootTime() : System;

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000_000;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        _ = GetTime(BootTimeClock, out var now);
        return (now.Seconds * 1_000_000_000) + now.Nanoseconds;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    private static extern int GetTime(int clock, out Instant now);

    private struct Instant
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
