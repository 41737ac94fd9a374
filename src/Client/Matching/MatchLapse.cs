namespace KvOrleans.Client.Matching;

/// <summary>Since when a silo that is reached gives matches no answers. Thread-safe.</summary>
internal sealed class MatchLapse(TimeProvider time)
{
    /// <summary>One that lasts longer is no moment any more: what it would be waited for has most likely gone wrong for a while.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    private long _since;

    /// <summary>False when it has lasted for longer than <see cref="Longest"/>.</summary>
    public bool IsMomentary => Volatile.Read(ref _since) is var since && (since == 0 || time.GetElapsedTime(since) < Longest);

    /// <summary>A question was refused for now, or lost with its connection.</summary>
    public void Faltered() => Interlocked.CompareExchange(ref _since, Math.Max(1, time.GetTimestamp()), 0);

    /// <summary>A question was answered.</summary>
    public void Answered()
    {
        if (Volatile.Read(ref _since) != 0)
            Volatile.Write(ref _since, 0);
    }
}
