namespace KvOrleans.LoadGenerator.Measuring;

/// <summary>All slices of one contender in one cell.</summary>
internal sealed class Series(string contender, Cell cell)
{
    private readonly List<SliceSample> _samples = [];
    private readonly LatencyHistogram _latencies = new();

    public string Contender { get; } = contender;

    public Cell Cell { get; } = cell;

    public IReadOnlyList<SliceSample> Samples => _samples;

    /// <summary>Why the series is incomplete; null when it is not.</summary>
    public string? Failure { get; private set; }

    public Spread BytesPerSecond => Spread.Of(_samples.Select(static sample => sample.BytesPerSecond));

    public double WorstSteal => _samples.Count == 0 ? 0 : _samples.Max(static sample => sample.Steal);

    public TimeSpan? P50 => _latencies.Count == 0 ? null : _latencies.Percentile(0.50);

    public TimeSpan? P99 => _latencies.Count == 0 ? null : _latencies.Percentile(0.99);

    public void Add(SliceSample sample, LatencyHistogram? latencies)
    {
        _samples.Add(sample);
        if (latencies is not null)
            _latencies.Add(latencies);
    }

    public void Fail(string why) => Failure ??= why;
}
