using System.Globalization;
using System.Text;
using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Payloads;

namespace KvOrleans.LoadGenerator.MatchReads;

/// <summary>What <see cref="MatchReadRun"/> measured, as a table and for machines.</summary>
internal static class MatchReadReport
{
    private const string Reference = "iperf3";

    public static string Text(MatchReadPlan plan, IReadOnlyList<MatchReadSeries> series)
    {
        var reference = Spread.Of(series.Single(static one => one.Name == Reference).BytesPerSecond).Median;
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"A match of {plan.Blocks} blocks of {ByteSize.Format(plan.Size)} from {MatchReadPlan.Silos} silos over {plan.Connections} connections each; iperf3 over as many; {plan.Rounds} slices of each, in turn.")
            .AppendLine()
            .AppendLine("| | GB/s, median (least to best) | to iperf3 | ms a read, median | ms to the first block, median | steal |")
            .AppendLine("|---|---|---|---|---|---|");
        foreach (var one in series)
        {
            var speed = Spread.Of(one.BytesPerSecond);
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {one.Name} | {speed.Median / 1e9:F2} ({speed.Least / 1e9:F2} to {speed.Most / 1e9:F2}) | {speed.Median / reference:F2} | {Show(one.Reads)} | {Show(one.Firsts)} | {one.Steal:P0} |");
        }

        return text.ToString();
    }

    public static object Json(MatchReadPlan plan, IReadOnlyList<MatchReadSeries> series) => new
    {
        at = DateTimeOffset.UtcNow,
        processors = Environment.ProcessorCount,
        plan.Size,
        plan.Blocks,
        plan.Connections,
        series,
    };

    private static string Show(List<double> milliseconds) =>
        milliseconds.Count == 0 ? "" : Spread.Of(milliseconds).Median.ToString("F1", CultureInfo.InvariantCulture);
}
