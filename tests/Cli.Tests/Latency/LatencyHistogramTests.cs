using KvOrleans.Cli.Latency;

namespace KvOrleans.Cli.Tests.Latency;

public sealed class LatencyHistogramTests
{
    private const double Precision = 1.0 / 64;

    [Fact]
    public void Percentile_OfNothing_IsNull() => Assert.Null(new LatencyHistogram().Percentile(.5));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Percentile_OfRandomDurations_IsWithinABucketOfTheExactOne(int seed)
    {
        var random = new Random(seed);
        var durations = Enumerable.Range(0, 20_000).Select(_ => new TimeSpan((long)Math.Exp(random.NextDouble() * 21))).ToList();
        var histogram = new LatencyHistogram();
        durations.ForEach(histogram.Record);
        durations.Sort();

        foreach (var quantile in new[] { .001, .1, .5, .9, .99, .999 })
        {
            var exact = durations[(int)Math.Ceiling(quantile * durations.Count) - 1].Ticks;
            var found = histogram.Percentile(quantile)!.Value.Ticks;
            Assert.InRange(found, exact * (1 - Precision) - 1, exact * (1 + Precision) + 1);
        }

        Assert.Equal(durations[^1], histogram.Percentile(1));
    }

    [Fact]
    public void Record_NegativeAndEndless_CountsAsTheLeastAndTheMost()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromSeconds(-1));
        histogram.Record(TimeSpan.MaxValue);

        Assert.Equal(TimeSpan.Zero, histogram.Percentile(.25));
        Assert.InRange(histogram.Percentile(1)!.Value, TimeSpan.FromMinutes(70), TimeSpan.FromMinutes(75));
    }

    [Fact]
    public void Record_FromManyThreads_LosesNothing()
    {
        var histogram = new LatencyHistogram();
        Parallel.For(0, 100_000, number => histogram.Record(TimeSpan.FromMicroseconds(number)));

        Assert.Equal(100_000, histogram.Count);
        Assert.Equal(TimeSpan.FromMicroseconds(99_999), histogram.Percentile(1));
    }
}
