using System.Diagnostics;
using System.Diagnostics.Metrics;
using KvOrleans.Grains.Blocks;
using KvOrleans.Grains.Metrics;

namespace KvOrleans.Silo.DataPlane.Decisions;

/// <summary>How long grains take to decide, and how many are awake. Thread-safe.</summary>
internal sealed class DecisionMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KvOrleans.Decisions";

    private readonly Histogram<double> _durations;

    public DecisionMetrics(AwakeGrains awake, IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _durations = meter.CreateTimes("kvorleans.decisions.duration", "How long a write, a delete or a change of the time to live took to be decided by its block's grain; the wait for room is in it.");
        meter.CreateLevel("kvorleans.grains.awake", () => awake.Count, "{grain}", "Block grains that are awake.");
        meter.CreateLevel("kvorleans.grains.awake.limit", () => awake.Bound, "{grain}", "The most that may be awake.");
    }

    /// <returns>When, for <see cref="Ended"/>; 0 when nobody listens.</returns>
    public long Began() => _durations.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>It was decided, or given up.</summary>
    public void Ended(long began)
    {
        if (began != 0)
            _durations.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
    }
}
