using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Metrics;

/// <summary>What a silo publishes is what <c>docs/metrics.md</c> lists, both ways.</summary>
[Collection(MeasuredCollection.Name)]
public sealed class InstrumentsTests
{
    private const string OfClients = "KvOrleans.Client";

    [Fact]
    public async Task Instruments_OfARunningSilo_AreThoseOfThePage()
    {
        using var meters = new PublishedInstruments(name => name.StartsWith("KvOrleans.", StringComparison.Ordinal) && name != OfClients);
        await using var silo = await SiloUnderTest.StartAsync();

        Assert.Equal(
            MetricsPage.Instruments.Where(row => row.Meter != OfClients).Select(row => $"{row.Meter}: {row.Description}").Order(StringComparer.Ordinal),
            meters.All.Select(one => $"{one.Meter.Name}: {MetricsPage.Describe(one)}").Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Tags_OfWhatASiloTells_AreThoseOfThePage()
    {
        using var meters = new PublishedInstruments(name => name.StartsWith("KvOrleans.", StringComparison.Ordinal) && name != OfClients);
        await using var silo = await SiloUnderTest.StartAsync();
        using var probe = silo.Connect();
        probe.Ask("SET", "kv:model/tags", "value");
        probe.Ask("GET", "kv:model/tags");

        meters.Collect();

        var pages = MetricsPage.Instruments.ToDictionary(row => row.Name, row => string.Join(' ', row.TagNames.Order(StringComparer.Ordinal)));
        Assert.NotEmpty(meters.Tags);
        Assert.All(meters.Tags, told => Assert.Equal($"{told.Key}: {pages[told.Key]}", $"{told.Key}: {told.Value}"));
    }

    /// <summary>Without this a name would show in more series than anybody can keep.</summary>
    [Fact]
    public async Task Series_OfOneInstrument_AreFew()
    {
        const int Most = 64;
        using var meters = new PublishedInstruments(name => name.StartsWith("KvOrleans.", StringComparison.Ordinal) && name != OfClients);
        await using var silo = await SiloUnderTest.StartAsync();
        using var probe = silo.Connect();
        for (var i = 0; i < 2 * Most; i++)
            Assert.StartsWith("-ERR", probe.Ask($"UNKNOWN{i}", $"key{i}"), StringComparison.Ordinal);

        meters.Collect();

        Assert.All(meters.Series, series => Assert.InRange(series.Value.Count, 1, Most));
    }
}
