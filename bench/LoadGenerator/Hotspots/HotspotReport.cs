using System.Globalization;
using System.Text;
using KvOrleans.LoadGenerator.Payloads;

namespace KvOrleans.LoadGenerator.Hotspots;

/// <summary>What <see cref="HotspotRun"/> measured, as a table and for machines.</summary>
internal static class HotspotReport
{
    private const double BitsPerByte = 8;

    public static string Text(HotspotPlan plan, IReadOnlyList<HotspotResult> results)
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"One block of {ByteSize.Format(plan.Size)}, matched and read by {plan.Readers} client processes, {plan.InFlight} reads under way for each silo; links of {plan.LinkMegabits} Mbit/s; {plan.Rounds} rounds of {plan.Round.TotalSeconds:0.#} s.")
            .AppendLine()
            .AppendLine("| silos | MB/s over all rounds | MB/s of a round, median (least to best) | share of the links | to N × one silo | first extra copy, ms | all hold it, ms | extra copies gone, s | steal | idle |")
            .AppendLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var one in results)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {one.Silos} | {one.AllBytesPerSecond / 1e6:F1} | {one.Rounds.Median / 1e6:F1} ({one.Rounds.Least / 1e6:F1} to {one.Rounds.Most / 1e6:F1}) | {LinkShare(plan, one):F2} | {Show(Ratio(results, one), "F2")} | {Show(one.FirstExtraMilliseconds, "F0")} | {Show(one.AllHoldMilliseconds, "F0")} | {Show(one.GoneAfterSeconds, "F1")} | {one.Steal:P0} | {one.Idle:P0} |");
        }

        text.AppendLine();
        foreach (var one in results)
        {
            foreach (var note in one.Notes)
                text.AppendLine(CultureInfo.InvariantCulture, $"- {one.Silos} silos: {note}");
        }

        foreach (var target in Targets(plan, results))
            text.AppendLine(CultureInfo.InvariantCulture, $"- {target}");
        return text.ToString();
    }

    public static object Json(HotspotPlan plan, IReadOnlyList<HotspotResult> results) => new
    {
        at = DateTimeOffset.UtcNow,
        processors = Environment.ProcessorCount,
        plan.Size,
        plan.LinkMegabits,
        plan.Readers,
        plan.InFlight,
        plan.Connections,
        plan.Rounds,
        roundSeconds = plan.Round.TotalSeconds,
        plan.Options,
        results = results.Select(one => new
        {
            one.Silos,
            bytesPerSecond = one.AllBytesPerSecond,
            roundsBytesPerSecond = one.BytesPerSecond,
            linkShare = LinkShare(plan, one),
            ratioToSingleSilos = Ratio(results, one),
            one.FirstExtraMilliseconds,
            one.AllHoldMilliseconds,
            one.HoldersAfterMilliseconds,
            one.GoneAfterSeconds,
            bytesRead = one.Counts.Bytes,
            misses = one.Counts.Misses,
            wrongReads = one.Counts.Wrong,
            one.Steal,
            one.Idle,
            one.Notes,
        }),
    };

    /// <summary>The rate by N times that of one silo; null when no single silo was measured.</summary>
    public static double? Ratio(IReadOnlyList<HotspotResult> results, HotspotResult result) =>
        results.FirstOrDefault(static one => one.Silos == 1) is { AllBytesPerSecond: > 0 } single ? result.AllBytesPerSecond / (result.Silos * single.AllBytesPerSecond) : null;

    private static double LinkShare(HotspotPlan plan, HotspotResult result) => result.AllBytesPerSecond * BitsPerByte / (plan.LinkMegabits * 1e6 * result.Silos);

    private static IEnumerable<string> Targets(HotspotPlan plan, IReadOnlyList<HotspotResult> results)
    {
        foreach (var one in results.Where(static one => one.Silos > 1))
        {
            if (Ratio(results, one) is { } ratio)
                yield return Met(one, $"at least {Show(HotspotPlan.LeastRatio, "F1")} of N × one silo", ratio >= HotspotPlan.LeastRatio);
            if (one.FirstExtraMilliseconds is { } first)
                yield return Met(one, $"the first extra copy within {HotspotPlan.FirstCopy.TotalSeconds} s", first <= HotspotPlan.FirstCopy.TotalMilliseconds);
            if (one.AllHoldMilliseconds is { } all)
                yield return Met(one, $"all hold it within {HotspotPlan.AllCopies.TotalSeconds} s", all <= HotspotPlan.AllCopies.TotalMilliseconds);
            if (one.GoneAfterSeconds is { } gone)
                yield return Met(one, $"extra copies gone within {HotspotPlan.Fading.TotalSeconds} s", gone <= HotspotPlan.Fading.TotalSeconds);
        }
    }

    private static string Met(HotspotResult result, string target, bool isMet) => $"{result.Silos} silos, {target}: {(isMet ? "yes" : "NO")}";

    private static string Show(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
