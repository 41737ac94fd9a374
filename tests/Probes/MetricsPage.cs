using System.Diagnostics.Metrics;

namespace KvOrleans.Probes;

/// <summary>What <c>docs/metrics.md</c> says of the instruments.</summary>
internal static class MetricsPage
{
    /// <summary>The rows of the page's tables of instruments: name, kind, unit, tags, meaning.</summary>
    public static IReadOnlyList<DocumentedInstrument> Instruments { get; } = [.. Read()];

    /// <summary>The names in Prometheus that the page lists beside ours.</summary>
    public static IReadOnlyList<string> Foreign { get; } =
        [.. Lines().Where(line => line.StartsWith("| `orleans_", StringComparison.Ordinal) || line.StartsWith("| `dotnet_", StringComparison.Ordinal)).Select(line => line.Split('`')[1])];

    /// <summary>The page's line of an instrument as it is, for comparison.</summary>
    public static string Describe(Instrument instrument) => $"{instrument.Name} | {KindOf(instrument)} | {instrument.Unit} | {instrument.Description}";

    /// <summary>The folder of the repository.</summary>
    public static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "KvOrleans.sln")))
                return folder;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds KvOrleans.sln.");
    }

    private static string KindOf(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        return type[..type.IndexOf('`')].Replace("Observable", "", StringComparison.Ordinal) switch
        {
            "Counter" => "counter",
            "UpDownCounter" => "level",
            "Gauge" => "gauge",
            "Histogram" => "histogram",
            _ => type,
        };
    }

    private static IEnumerable<string> Lines() => File.ReadLines(Path.Combine(Root(), "docs", "metrics.md"));

    private static IEnumerable<DocumentedInstrument> Read()
    {
        var meter = "";
        foreach (var line in Lines())
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                meter = line.Split('`') is [_, var name, ..] ? name : "";
            if (!line.StartsWith("| `kvorleans.", StringComparison.Ordinal))
                continue;
            var cells = line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries);
            yield return new(meter, cells[0].Trim('`'), cells[1], cells[2].Trim('`'), cells[3], cells[4]);
        }
    }
}
