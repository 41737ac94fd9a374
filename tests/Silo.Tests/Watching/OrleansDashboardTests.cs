using System.Net;
using System.Text.Json;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Silo.Tests.Watching;

/// <summary>Orleans' own dashboard: not there unless it is asked for, and then to be looked at only.</summary>
public sealed class OrleansDashboardTests
{
    private const string Key = "kv:recognizable/key";

    private static readonly HttpClient Http = new(new HttpClientHandler { AllowAutoRedirect = false }) { Timeout = Eventually.Deadline };

    private static readonly string[] Told =
    [
        "", "index.html", "version", "DashboardCounters", "ClusterStats", "TopGrainMethods", "GrainTypes", "LifecycleStages", "Reminders", "GrainStats/KvOrleans.Grains.Blocks.PrefixBlockGrain",
    ];

    [Fact]
    public async Task Dashboard_UnlessAskedFor_IsNotThereAndInterceptsNothing()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        foreach (var path in Told)
        {
            using var answer = await Http.GetAsync(At(silo, path));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.Empty(FiltersOf(silo));
    }

    [Fact]
    public async Task Dashboard_AskedFor_TellsOfOrleansAndOfNoKey()
    {
        await using var silo = await SiloUnderTest.StartAsync(("Http:OrleansDashboard", "true"));
        using (var probe = silo.Connect())
            Assert.Equal("+OK\r\n", probe.Ask("SET", Key, "recognizable value"));
        var told = "";

        foreach (var path in Told)
            told += await Http.GetStringAsync(At(silo, path));
        var address = "";
        await Eventually.HoldsAsync(async () => (address = await AddressAsync(silo)).Length > 0, "the dashboard has found the silo");
        foreach (var path in new[] { "SiloProperties", "SiloMetadata", "SiloStats", "SiloCounters", "HistoricalStats" })
            told += await Http.GetStringAsync(At(silo, $"{path}/{address}"));
        // The state of the block's own grain.
        var state = await Http.GetStringAsync(At(silo, $"GrainState?grainType=KvOrleans.Grains.Blocks.PrefixBlockGrain&grainId={KeyId.Of(System.Text.Encoding.ASCII.GetBytes(Key))}"));

        Assert.Contains("KvOrleans.Grains.Blocks.PrefixBlockGrain", told, StringComparison.Ordinal);
        Assert.Contains("orleans-catalog-activation-created", told, StringComparison.Ordinal);
        Assert.Equal("\"{}\"", state);
        Assert.DoesNotContain("recognizable", told, StringComparison.Ordinal);
        Assert.Single(FiltersOf(silo));
        using (var answer = await Http.GetAsync(new Uri($"http://127.0.0.1:{silo.HttpPort}/")))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Dashboard_AskedFor_ChangesNothingAndHidesTheLog()
    {
        await using var silo = await SiloUnderTest.StartAsync(("Http:OrleansDashboard", "true"));

        using (var answer = await Http.GetAsync(At(silo, "Trace"), HttpCompletionOption.ResponseHeadersRead))
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete })
        {
            foreach (var path in Told.Append("GrainState").Append("Trace"))
            {
                using var answer = await Http.SendAsync(new(method, At(silo, path)));
                Assert.Equal((HttpStatusCode.MethodNotAllowed, path), (answer.StatusCode, path));
            }
        }
    }

    private static async Task<string> AddressAsync(SiloUnderTest silo)
    {
        using var counters = JsonDocument.Parse(await Http.GetStringAsync(At(silo, "DashboardCounters")));
        return counters.RootElement.GetProperty("hosts").EnumerateArray().Select(host => host.GetProperty("siloAddress").GetString()!).SingleOrDefault("");
    }

    private static IEnumerable<string> FiltersOf(SiloUnderTest silo) => silo.Services.GetServices<IIncomingGrainCallFilter>()
        .Select(filter => filter.GetType().FullName!).Where(name => name.StartsWith("Orleans.Dashboard", StringComparison.Ordinal));

    private static Uri At(SiloUnderTest silo, string path) => new($"http://127.0.0.1:{silo.HttpPort}/orleans/{path}");
}
