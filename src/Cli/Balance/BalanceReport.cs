namespace KvOrleans.Cli.Balance;

/// <summary>How evenly the silos served. In camelCase a part of what <c>--json</c> prints: names stay.</summary>
internal sealed record BalanceReport
{
    /// <summary>Whether a window is 60 s of the trace; else it is real time.</summary>
    public required bool IsTraceTime { get; init; }

    /// <summary>Of a window, in real time.</summary>
    public required double WindowSeconds { get; init; }

    /// <summary>What was left out at the beginning, in real time.</summary>
    public required double WarmUpSeconds { get; init; }

    /// <summary>Max / mean of the silos' bytes in the middle window; this and the next two are null without a window.</summary>
    public required double? MaxToMeanP50 { get; init; }

    /// <summary>The same in the worst but one window of a hundred.</summary>
    public required double? MaxToMeanP99 { get; init; }

    /// <summary>The same in the worst window.</summary>
    public required double? MaxToMeanWorst { get; init; }

    /// <summary>Windows in which no silo served anything.</summary>
    public required int IdleWindows { get; init; }

    /// <summary>Windows that are left out because a silo did not answer, came, went or began anew.</summary>
    public required int BrokenWindows { get; init; }

    /// <summary>The others.</summary>
    public required IReadOnlyList<BalanceWindow> Windows { get; init; }

    /// <summary>The smallest value that at least <paramref name="quantile"/> of all are not above.</summary>
    public static double? Percentile(IEnumerable<double> values, double quantile)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? null : sorted[Math.Clamp((int)Math.Ceiling(quantile * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
