using System.Text.Json;
using System.Text.RegularExpressions;
using KvOrleans.Probes;

namespace KvOrleans.Silo.Tests.Metrics;

/// <summary>The dashboard and the alerts ask for what silos tell, and each alert has its section of the runbook.</summary>
public sealed partial class WatchingTests
{
    private static readonly string Components = Path.Combine(MetricsPage.Root(), "k8s", "components");

    /// <summary>All names in Prometheus that the page lists, with those of histograms' series.</summary>
    private static readonly HashSet<string> Known = [.. MetricsPage.Instruments.SelectMany(Names), .. MetricsPage.Foreign];

    [Fact]
    public void Dashboard_Queries_AskForMetricsThatExist()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Components, "dashboards", "kvorleans.json")));
        var queries = Expressions(dashboard.RootElement).ToList();

        Assert.True(queries.Count > 40, "queries were found");
        Assert.Empty(queries.SelectMany(Metrics).Where(name => !Known.Contains(name)).Distinct());
        Assert.All(queries, query => Assert.NotEmpty(Metrics(query)));
    }

    [Fact]
    public void Dashboard_Tags_AreThoseOfTheMetrics()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Components, "dashboards", "kvorleans.json")));

        Assert.Empty(Expressions(dashboard.RootElement).SelectMany(StrangeTags));
    }

    [Fact]
    public void Alerts_Expressions_AskForMetricsThatExist()
    {
        var rules = Rules();

        Assert.NotEmpty(rules);
        Assert.Empty(rules.SelectMany(rule => Metrics(rule.Expression)).Where(name => !Known.Contains(name)).Distinct());
        Assert.Empty(rules.SelectMany(rule => StrangeTags(rule.Expression)));
        Assert.All(rules, rule => Assert.NotEmpty(Metrics(rule.Expression)));
    }

    [Fact]
    public void Alerts_AreTheSectionsOfTheRunbook()
    {
        var sections = File.ReadLines(Path.Combine(MetricsPage.Root(), "docs", "runbook.md"))
            .Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]);
        var rules = Rules();

        Assert.Equal(sections, rules.Select(rule => rule.Alert));
        Assert.All(rules, rule => Assert.Equal($"docs/runbook.md#{rule.Alert.ToLowerInvariant()}", rule.Runbook));
    }

    private static List<(string Alert, string Expression, string Runbook)> Rules()
    {
        List<(string Alert, string Expression, string Runbook)> rules = [];
        foreach (var line in File.ReadLines(Path.Combine(Components, "alerts", "rules.yaml")).Select(line => line.Trim()))
        {
            if (line.StartsWith("- alert: ", StringComparison.Ordinal))
                rules.Add((line[9..], "", ""));
            else if (line.StartsWith("expr: ", StringComparison.Ordinal))
                rules[^1] = rules[^1] with { Expression = line[6..].Trim('\'') };
            else if (line.StartsWith("runbook: ", StringComparison.Ordinal))
                rules[^1] = rules[^1] with { Runbook = line[9..] };
        }

        return rules;
    }

    private static IEnumerable<string> Names(DocumentedInstrument instrument) => instrument.Kind == "histogram"
        ? new[] { "_bucket", "_sum", "_count" }.Select(series => instrument.PrometheusName + series)
        : [instrument.PrometheusName];

    private static IEnumerable<string> Expressions(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(one => one is { Name: "expr", Value.ValueKind: JsonValueKind.String }
            ? [one.Value.GetString()!]
            : one.Name == "query" && one.Value.ValueKind == JsonValueKind.String && one.Value.GetString() is ['l', 'a', 'b', 'e', 'l', ..] label ? [label] : Expressions(one.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Expressions),
        _ => [],
    };

    /// <summary>The metrics of a query: every name with an underscore that is no function's and no label's.</summary>
    private static IEnumerable<string> Metrics(string query) =>
        Metric().Matches(Quoted().Replace(query, "")).Select(match => match.Value).Where(name => !Functions.Contains(name));

    private static readonly HashSet<string> Functions = ["histogram_quantile", "label_values", "max_over_time", "rate_interval"];

    /// <summary>The labels in braces behind a metric that it does not have.</summary>
    private static IEnumerable<string> StrangeTags(string query) =>
        from match in Selector().Matches(query)
        let name = match.Groups[1].Value
        let instrument = MetricsPage.Instruments.FirstOrDefault(one => Names(one).Contains(name))
        where instrument is not null
        from label in Label().Matches(match.Groups[2].Value).Select(label => label.Groups[1].Value)
        where label is not ("instance" or "le") && !instrument.TagNames.Contains(label)
        select $"{name} has no {label}";

    [GeneratedRegex("[a-z]+_[a-z_0-9]+")]
    private static partial Regex Metric();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"([a-z_0-9]+)\{([^}]*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex("([a-z_]+)(?:=~|!~|!=|=)\"")]
    private static partial Regex Label();
}
