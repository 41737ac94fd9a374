using System.Globalization;
using System.Text;
using KvOrleans.LoadGenerator.Payloads;

namespace KvOrleans.LoadGenerator.Detour;

/// <summary>What <see cref="DetourRun"/> measured, as a table and for machines.</summary>
internal static class DetourReport
{
    public static string Text(int size, IReadOnlyList<DetourSeries> series)
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"{series[0].Direct.Length} reads of {ByteSize.Format(size)} at the owner and through another silo, in turn: microseconds, median (10 % to 90 %).")
            .AppendLine()
            .AppendLine("| | at the owner | through the other | ratio of medians | ratios of pairs | steal |")
            .AppendLine("|---|---|---|---|---|---|");
        foreach (var one in series)
        {
            double[] direct = [.. one.Direct.Select(static time => time.TotalMicroseconds)];
            double[] detour = [.. one.Detour.Select(static time => time.TotalMicroseconds)];
            text.AppendLine(CultureInfo.InvariantCulture, $"| {one.Command} | {Show(direct, "F0")} | {Show(detour, "F0")} | {At(detour, 0.5) / At(direct, 0.5):F2} | {Show(one.Ratios, "F2")} | {one.Steal:P0} |");
        }

        return text.ToString();
    }

    public static object Json(int size, IReadOnlyList<DetourSeries> series) => new
    {
        at = DateTimeOffset.UtcNow,
        processors = Environment.ProcessorCount,
        size,
        series = series.Select(static one => new
        {
            one.Command,
            ratio = At([.. one.Ratios], 0.5),
            one.Steal,
            directMicroseconds = one.Direct.Select(static time => time.TotalMicroseconds),
            detourMicroseconds = one.Detour.Select(static time => time.TotalMicroseconds),
        }),
    };

    private static string Show(double[] values, string format) =>
        string.Create(CultureInfo.InvariantCulture, $"{At(values, 0.5).ToString(format, CultureInfo.InvariantCulture)} ({At(values, 0.1).ToString(format, CultureInfo.InvariantCulture)} to {At(values, 0.9).ToString(format, CultureInfo.InvariantCulture)})");

    /// <summary>The value that <paramref name="share"/> of all stay within.</summary>
    private static double At(double[] values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)(share * (sorted.Length - 1))];
    }
}
