using System.Globalization;
using System.Text;
using KvOrleans.LoadGenerator.Measuring;

namespace KvOrleans.LoadGenerator.RedisBenchmark;

/// <summary>What <see cref="RedisBenchmarkRun"/> measured, as a table and for machines.</summary>
internal static class RedisBenchmarkReport
{
    public static string Text(RedisBenchmarkLoad load, IReadOnlyList<RedisBenchmarkSample> samples)
    {
        var servers = samples.Select(static sample => sample.Server).Distinct().ToArray();
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"Requests per second of `{RedisBenchmarkRun.Program} {string.Join(' ', load.Arguments(0).Skip(4))}`: median of the runs (least to best).")
            .AppendLine()
            .Append("| | ").AppendJoin(" | ", servers).AppendLine(" | ratio of medians, first / other | steal |")
            .Append("|---|").AppendJoin("", Enumerable.Repeat("---|", servers.Length + 2)).AppendLine();
        foreach (var test in samples.GroupBy(static sample => sample.Test))
        {
            var spreads = servers.Select(server => Of(test, server)).ToArray();
            text.Append("| ").Append(test.Key).Append(" | ")
                .AppendJoin(" | ", spreads.Select(static spread => Invariant($"{spread.Median:F0} ({spread.Least:F0} to {spread.Most:F0})")))
                .Append(" | ")
                .AppendJoin(", ", spreads.Skip(1).Select((spread, index) => Invariant($"{spreads[0].Median / spread.Median:F2} × {servers[index + 1]}")))
                .Append(" | ").Append(Invariant($"{test.Max(static sample => sample.Steal):P0}")).AppendLine(" |");
        }

        return text.ToString();
    }

    public static object Json(RedisBenchmarkLoad load, IReadOnlyList<RedisBenchmarkSample> samples) => new
    {
        at = DateTimeOffset.UtcNow,
        processors = Environment.ProcessorCount,
        load,
        results = samples
            .GroupBy(static sample => (sample.Server, sample.Test))
            .Select(static group => new
            {
                group.Key.Server,
                group.Key.Test,
                requestsPerSecond = Spread.Of(group.Select(static sample => sample.RequestsPerSecond)),
                runs = group,
            }),
    };

    private static Spread Of(IEnumerable<RedisBenchmarkSample> samples, string server) =>
        Spread.Of(samples.Where(sample => sample.Server == server).Select(static sample => sample.RequestsPerSecond));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
