using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Probes;

namespace KvOrleans.Client.Tests.Metrics;

/// <summary>What a client publishes is what <c>docs/metrics.md</c> lists, both ways.</summary>
public sealed class InstrumentsTests
{
    private const string Meter = "KvOrleans.Client";

    [Fact]
    public async Task Instruments_OfAClient_AreThoseOfThePage()
    {
        ConcurrentBag<Instrument> published = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == Meter)
                    published.Add(instrument);
            },
        };
        listener.Start();
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);

        Assert.Equal(
            MetricsPage.Instruments.Where(row => row.Meter == Meter).Select(row => row.Description).Order(StringComparer.Ordinal),
            published.Select(MetricsPage.Describe).Distinct().Order(StringComparer.Ordinal));
    }
}
