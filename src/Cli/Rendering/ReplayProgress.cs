using KvOrleans.Cli.Replay;

namespace KvOrleans.Cli.Rendering;

/// <summary>A moment of a replay.</summary>
internal sealed record ReplayProgress(
    TimeSpan Elapsed,
    long Requests,
    long? RequestCount,
    long BlockReferences,
    long BlockHits,
    long PrefillTokensSaved,
    long BytesRead,
    long BytesWritten,
    long FailedCalls,
    long WrongBytes,
    SiloUse? Silos)
{
    /// <summary>The moment before the first request.</summary>
    public static ReplayProgress Begin { get; } = new(TimeSpan.Zero, 0, null, 0, 0, 0, 0, 0, 0, 0, null);

    /// <summary>Hits so far / references so far.</summary>
    public double HitRatio => BlockReferences == 0 ? 0 : (double)BlockHits / BlockReferences;

    /// <summary>What <paramref name="engine"/> has counted by now.</summary>
    public static ReplayProgress Of(ReplayEngine engine, long? requestCount, SiloUse? silos)
    {
        var totals = engine.Totals;
        return new(
            engine.Elapsed,
            totals.Requests,
            requestCount,
            totals.BlockReferences,
            totals.BlockHits,
            totals.TokenHits,
            totals.BytesRead,
            totals.BytesWritten,
            totals.FailedCalls,
            totals.WrongBytes,
            silos);
    }

    /// <summary>How fast something grew since <paramref name="before"/>, a second.</summary>
    public double RateSince(ReplayProgress before, Func<ReplayProgress, long> amount)
    {
        var seconds = (Elapsed - before.Elapsed).TotalSeconds;
        return seconds <= 0 ? 0 : (amount(this) - amount(before)) / seconds;
    }
}
