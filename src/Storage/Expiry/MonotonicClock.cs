namespace KvOrleans.Storage.Expiry;

/// <summary>Instants as timestamps of a <see cref="TimeProvider"/>: a wall clock that jumps moves none of them.</summary>
internal readonly struct MonotonicClock(TimeProvider time)
{
    /// <summary>The instant that never comes.</summary>
    public const long Never = long.MaxValue;

    public long Now => time.GetTimestamp();

    /// <summary>Whole seconds between two instants.</summary>
    public long Seconds(long from, long to) => (to - from) / time.TimestampFrequency;

    /// <summary>The instant <paramref name="duration"/> after <paramref name="now"/>; <see cref="Never"/> when it cannot be told.</summary>
    public long After(long now, TimeSpan duration)
    {
        var instant = now + ((Int128)duration.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);
        return instant >= Never ? Never : instant <= long.MinValue ? long.MinValue : (long)instant;
    }

    /// <inheritdoc cref="After(long, TimeSpan)"/>
    public long After(long now, TimeSpan? duration) => duration is { } some ? After(now, some) : Never;

    /// <summary>How long until <paramref name="instant"/>, at least zero; null when it never comes.</summary>
    public TimeSpan? Until(long now, long instant)
    {
        if (instant == Never)
            return null;
        return TimeSpan.FromTicks((long)((Int128)Math.Max(0, instant - now) * TimeSpan.TicksPerSecond / time.TimestampFrequency));
    }
}
