namespace KvOrleans.Cli.Balance;

/// <summary>How a replay is cut into windows.</summary>
/// <param name="Length">Of a window, in real time.</param>
/// <param name="WarmUp">What comes before the first, in real time.</param>
/// <param name="IsTraceTime">Whether a window is 60 s of the trace. Without a speedup nobody can tell when its seconds are over.</param>
internal sealed record BalanceWindows(TimeSpan Length, TimeSpan WarmUp, bool IsTraceTime)
{
    /// <summary>A window of trace time.</summary>
    public static readonly TimeSpan TraceLength = TimeSpan.FromSeconds(60);

    /// <summary>The first ten minutes of a trace fill a cold cache.</summary>
    public static readonly TimeSpan DefaultWarmUp = TimeSpan.FromMinutes(10);

    /// <summary>Without trace time everything counts as ten times as fast.</summary>
    private const double AssumedSpeedup = 10;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    /// <summary>The windows of a replay.</summary>
    /// <param name="speedup">How much faster than recorded requests come; null for as fast as they are served.</param>
    /// <param name="warmUp">What is left out, in trace time.</param>
    public static BalanceWindows For(double? speedup, TimeSpan warmUp)
    {
        var factor = speedup ?? AssumedSpeedup;
        var length = TraceLength / factor;
        return new(length > Shortest ? length : Shortest, warmUp / factor, speedup is not null);
    }
}
