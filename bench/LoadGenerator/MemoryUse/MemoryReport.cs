using System.Globalization;
using System.Text;
using KvOrleans.LoadGenerator.Payloads;

namespace KvOrleans.LoadGenerator.MemoryUse;

/// <summary>What <see cref="MemoryRun"/> saw, as a table.</summary>
internal static class MemoryReport
{
    public static string Text(long arena, IEnumerable<MemorySample> samples)
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"A silo with an arena of {ByteSize.Format(arena)}.")
            .AppendLine()
            .AppendLine("| after | payload MiB | resident MiB | resident / payload | payload / arena |")
            .AppendLine("|---|---|---|---|---|");
        foreach (var sample in samples)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {sample.When} | {sample.PayloadBytes >> 20} | {sample.ResidentBytes >> 20} | {sample.ResidentToPayload:F3} | {sample.PayloadToArena:F3} |");
        }

        return text.ToString();
    }
}
