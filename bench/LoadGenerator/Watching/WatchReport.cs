using System.Globalization;
using System.Text;
using KvOrleans.LoadGenerator.Measuring;

namespace KvOrleans.LoadGenerator.Watching;

/// <summary>What <see cref="WatchRun"/> measured, as a table and for machines.</summary>
internal static class WatchReport
{
    public static string Text(WatchPlan plan, IReadOnlyList<WatchSlice> slices, int pageBytes)
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"{plan.Rounds} slices of {plan.Slice.TotalSeconds} s each with the console of silo 0 open {plan.Watchers} times and without, {plan.ReadsPerSecond} reads of 64 KiB a second. Percent of one core, median (least to most).")
            .AppendLine()
            .AppendLine("| silo | not watched | watched | difference of medians |")
            .AppendLine("|---|---|---|---|");
        for (var silo = 0; silo < plan.Silos; silo++)
        {
            var (without, with) = (Of(slices, silo, isWatched: false), Of(slices, silo, isWatched: true));
            text.AppendLine(CultureInfo.InvariantCulture, $"| {silo} | {Show(without)} | {Show(with)} | {100 * (with.Median - without.Median):F2} % |");
        }

        return text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"The first page: {pageBytes} bytes.").ToString();
    }

    public static object Json(WatchPlan plan, IReadOnlyList<WatchSlice> slices, int pageBytes) => new
    {
        at = DateTimeOffset.UtcNow,
        processors = Environment.ProcessorCount,
        plan = new { plan.Silos, plan.Watchers, plan.Rounds, sliceSeconds = plan.Slice.TotalSeconds, plan.ReadsPerSecond },
        pageBytes,
        differences = Enumerable.Range(0, plan.Silos).Select(silo => Of(slices, silo, isWatched: true).Median - Of(slices, silo, isWatched: false).Median),
        slices,
    };

    private static Spread Of(IReadOnlyList<WatchSlice> slices, int silo, bool isWatched) =>
        Spread.Of(slices.Where(slice => slice.IsWatched == isWatched).Select(slice => slice.CoreShares[silo]));

    private static string Show(Spread shares) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * shares.Median:F2} % ({100 * shares.Least:F2} to {100 * shares.Most:F2})");
}
