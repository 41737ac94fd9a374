using KvOrleans.Contracts.Clocks;

namespace KvOrleans.Grains.Membership;

/// <summary>The monotonic clock of fences: where the system has one, it goes on while the machine is suspended.</summary>
/// <param name="time">Another clock, whose own monotonic time it is then.</param>
internal sealed class FenceClock(TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? BootTime.Provider;

    /// <summary>Timestamps in a second.</summary>
    public long TimestampFrequency => _time.TimestampFrequency;

    /// <summary>The time now.</summary>
    public long GetTimestamp() => _time.GetTimestamp();

    /// <summary>The time since <paramref name="timestamp"/>.</summary>
    public TimeSpan GetElapsedTime(long timestamp) => _time.GetElapsedTime(timestamp);
}
