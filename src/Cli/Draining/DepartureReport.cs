using KvOrleans.Client.Draining;

namespace KvOrleans.Cli.Draining;

/// <summary>How a silo left.</summary>
/// <param name="Drain">What it said of its drain.</param>
/// <param name="HasLeft">Whether it is gone from the map.</param>
/// <param name="IsLast">Whether it was the last that served: there was nobody to give blocks to.</param>
/// <param name="Took">Since it was told.</param>
internal sealed record DepartureReport(SiloDrain Drain, bool HasLeft, bool IsLast, TimeSpan Took)
{
    /// <summary>Whether it has left with nothing left undone. The last one has nothing to do.</summary>
    public bool IsGood => HasLeft && (IsLast || (Drain.Outcome == SiloDrainOutcome.Drained && Drain.Left == 0));
}
