using System.Net;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Metrics;

/// <summary>What a silo answers on <c>/metrics</c>.</summary>
public sealed class ScrapeTests
{
    private const string KeyText = "recognizable-key";
    private const string ValueText = "recognizable-value";
    private const string PasswordText = "recognizable-password";

    [Fact]
    public async Task Scrape_AfterCommands_IsWellFormedAndMoves()
    {
        await using var silo = await SiloProcess.StartAsync("--KvOrleans:DataPlane:Password", PasswordText);
        using var probe = new RespProbe(silo.Port);
        var before = await ScrapeAsync(silo);

        Assert.Equal("+OK\r\n", probe.Ask("AUTH", PasswordText));
        Assert.Equal("+OK\r\n", probe.Ask("SET", $"kv:m/{KeyText}", ValueText));
        Assert.Equal("+OK\r\n", probe.Ask("SET", KeyText, ValueText));
        Assert.Contains(ValueText, probe.Ask("GET", $"kv:m/{KeyText}"), StringComparison.Ordinal);
        Assert.Equal("$-1\r\n", probe.Ask("GET", "kv:m/none"));
        Assert.StartsWith("*3", probe.Ask("KV.MATCH", "1000", $"kv:m/{KeyText}"), StringComparison.Ordinal);
        Assert.Equal(":1\r\n", probe.Ask("DEL", KeyText));
        Assert.StartsWith("-ERR", probe.Ask(KeyText, ValueText), StringComparison.Ordinal);
        Assert.StartsWith("*2\r\n$-1\r\n$-1", probe.Ask("MGET", "x", "y"), StringComparison.Ordinal);

        var after = before;
        // A scrape may be answered with the one before it.
        await Eventually.HoldsAsync(
            async () => (after = await ScrapeAsync(silo)).Sum("kvorleans_dataplane_errors_total", "error=\"ERR\"") > before.Sum("kvorleans_dataplane_errors_total", "error=\"ERR\""),
            "a later scrape is answered");
        Assert.Equal(1, Moved("kvorleans_dataplane_hits_total", "source=\"here\""));
        Assert.Equal(3, Moved("kvorleans_dataplane_misses_total", "reason=\"absent\""));
        Assert.Equal(1, Moved("kvorleans_dataplane_match_hits_total"));
        Assert.Equal(2, Moved("kvorleans_dataplane_writes_total", "outcome=\"accepted\""));
        Assert.Equal(2 * ValueText.Length, Moved("kvorleans_dataplane_io_bytes_total", "direction=\"receive\""));
        Assert.Equal(ValueText.Length, Moved("kvorleans_dataplane_io_bytes_total", "direction=\"transmit\""));
        Assert.Equal(2, Moved("kvorleans_dataplane_commands_total", "command=\"GET\""));
        Assert.Equal(1, Moved("kvorleans_dataplane_commands_total", "command=\"unknown\""));
        Assert.Equal(2, Moved("kvorleans_dataplane_command_duration_seconds_count", "command=\"SET\""));
        Assert.Equal(3, Moved("kvorleans_decisions_duration_seconds_count"));
        Assert.Equal(1, Moved("kvorleans_store_leases_granted_total"));
        Assert.Equal(1, Moved("kvorleans_store_departures_total", "reason=\"removed\""));
        Assert.Equal(1, after.Sum("kvorleans_store_leases"));
        Assert.Equal(1, after.Sum("kvorleans_silo_ready"));
        Assert.Equal(1, after.Sum("kvorleans_cluster_silos"));

        double Moved(string name, string label = "") => after.Sum(name, label) - before.Sum(name, label);
    }

    [Fact]
    public async Task Scrape_NeverShowsKeysValuesOrPasswords()
    {
        await using var silo = await SiloProcess.StartAsync("--KvOrleans:DataPlane:Password", PasswordText);
        using var probe = new RespProbe(silo.Port);
        probe.Ask("AUTH", PasswordText + "x");
        probe.Ask("AUTH", PasswordText);
        foreach (var key in new[] { KeyText, $"kv:m/{KeyText}" })
        {
            probe.Ask("SET", key, ValueText);
            probe.Ask("GET", key);
            probe.Ask("KV.GET", key);
            probe.Ask("KV.MATCH", "1000", key);
            probe.Ask("KV.EXPLAIN", key);
            probe.Ask("DEL", key);
            probe.Ask(key, ValueText);
            probe.Ask("GET", key, key);
        }

        var text = await TextAsync(silo);

        Assert.DoesNotContain("recognizable", text + silo.Written, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Scrape_OfARunningSilo_HasTheNamesOfThePage()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var probe = new RespProbe(silo.Port);
        probe.Ask("SET", "kv:m/named", ValueText);
        var page = MetricsPage.Instruments.Where(row => row.Meter != "KvOrleans.Client").ToDictionary(row => row.PrometheusName);
        var scrape = await ScrapeAsync(silo);
        await Eventually.HoldsAsync(
            async () => (scrape = await ScrapeAsync(silo)).Families.ContainsKey("kvorleans_decisions_duration_seconds"), "a later scrape is answered");

        var ours = scrape.Families.Keys.Where(name => name.StartsWith("kvorleans_", StringComparison.Ordinal)).ToHashSet();

        Assert.Empty(ours.Except(page.Keys));
        // A histogram shows when something was measured: this silo is alone.
        Assert.Equal(["kvorleans_peers_request_duration_seconds"], page.Keys.Except(ours));
        Assert.Empty(MetricsPage.Foreign.Except(scrape.Families.Keys));
        Assert.All(ours, name => Assert.Equal(page[name].Kind switch { "level" => "gauge", var kind => kind }, scrape.Families[name]));
    }

    [Fact]
    public async Task Scrape_WithMetricsOff_IsNotThere()
    {
        await using var silo = await SiloProcess.StartAsync("--KvOrleans:Metrics:Enabled", "false");
        using var http = new HttpClient { Timeout = Eventually.Deadline };
        using var probe = new RespProbe(silo.Port);

        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{silo.HttpPort}/metrics"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("+OK\r\n", probe.Ask("SET", "kv:m/off", ValueText));
        Assert.Contains("total_commands_processed:", probe.Ask("INFO", "stats"), StringComparison.Ordinal);
    }

    private static async Task<Exposition> ScrapeAsync(SiloProcess silo) => Exposition.Parse(await TextAsync(silo));

    private static async Task<string> TextAsync(SiloProcess silo)
    {
        using var http = new HttpClient { Timeout = Eventually.Deadline };
        return await http.GetStringAsync(new Uri($"http://127.0.0.1:{silo.HttpPort}/metrics"));
    }
}
