namespace KvOrleans.Client.Matching;

/// <summary>What the leases of all matches have in common.</summary>
/// <param name="Clock">Tells how long they last.</param>
/// <param name="DefaultDeadline">How long a call may take that names no deadline.</param>
internal sealed record LeaseTerms(TimeProvider Clock, TimeSpan DefaultDeadline)
{
    /// <summary>A time in ticks of the clock.</summary>
    public long TicksOf(TimeSpan time) => (long)(time.TotalSeconds * Clock.TimestampFrequency);

    /// <summary>So many ticks of the clock as a time.</summary>
    public TimeSpan TimeOf(long ticks) => TimeSpan.FromSeconds((double)ticks / Clock.TimestampFrequency);
}
