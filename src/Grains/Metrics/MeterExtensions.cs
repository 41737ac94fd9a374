using System.Diagnostics.Metrics;
using System.Text.Json;

namespace KvOrleans.Grains.Metrics;

/// <summary>Instruments that are read when somebody collects, over sums that are kept whether anybody listens or not.</summary>
public static class MeterExtensions
{
    /// <summary>A counter.</summary>
    public static Tally CreateTally(this Meter meter, string name, string unit, string description, params KeyValuePair<string, object?>[] tags)
    {
        ArgumentNullException.ThrowIfNull(meter);
        var tally = new Tally();
        meter.CreateObservableCounter(name, () => new Measurement<long>(tally.Value, tags), unit, description);
        return tally;
    }

    /// <summary>A counter with a series for each of <paramref name="values"/> of the tag, in their order.</summary>
    public static Tally[] CreateTallies(
        this Meter meter, string name, string tag, IReadOnlyList<string> values, string unit, string description, params KeyValuePair<string, object?>[] tags)
    {
        ArgumentNullException.ThrowIfNull(meter);
        ArgumentNullException.ThrowIfNull(values);
        var tallies = values.Select(_ => new Tally()).ToArray();
        KeyValuePair<string, object?>[][] series = [.. values.Select(value => tags.Prepend(new(tag, value)).ToArray())];
        meter.CreateObservableCounter(name, () => tallies.Select((tally, i) => new Measurement<long>(tally.Value, series[i])), unit, description);
        return tallies;
    }

    /// <summary>A counter with a series for each value of an enum, whose names are the tag's values in <c>snake_case</c>.</summary>
    public static TallyBy<TTag> CreateTallies<TTag>(
        this Meter meter, string name, string tag, string unit, string description, params KeyValuePair<string, object?>[] tags)
        where TTag : struct, Enum =>
        new(meter.CreateTallies(name, tag, [.. Enum.GetValues<TTag>().Select(value => TagOf(value))], unit, description, tags));

    /// <summary>A gauge.</summary>
    public static void CreateGauge(this Meter meter, string name, Func<double> read, string? unit, string description)
    {
        ArgumentNullException.ThrowIfNull(meter);
        meter.CreateObservableGauge(name, read, unit, description);
    }

    /// <summary>A sum that goes up and down.</summary>
    public static void CreateLevel(this Meter meter, string name, Func<long> read, string unit, string description, params KeyValuePair<string, object?>[] tags)
    {
        ArgumentNullException.ThrowIfNull(meter);
        meter.CreateObservableUpDownCounter(name, () => new Measurement<long>(read(), tags), unit, description);
    }

    /// <summary>A histogram of times in seconds.</summary>
    public static Histogram<double> CreateTimes(this Meter meter, string name, string description)
    {
        ArgumentNullException.ThrowIfNull(meter);
        return meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [1e-6, 2.5e-6, 5e-6, 10e-6, 25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        });
    }

    /// <summary>An enum's value as a tag.</summary>
    public static string TagOf<TTag>(TTag value)
        where TTag : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
