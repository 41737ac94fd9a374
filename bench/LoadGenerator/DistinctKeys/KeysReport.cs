using System.Globalization;
using System.Text;
using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Payloads;

namespace KvOrleans.LoadGenerator.DistinctKeys;

/// <summary>What <see cref="KeysRun"/> measured, as tables and for machines.</summary>
internal static class KeysReport
{
    private const double Mebibyte = 1 << 20;

    public static string Text(KeysResult result)
    {
        var load = result.Load;
        var names = result.Most.Keys.ToArray();
        var reference = RatesOf(result, names[0]).Median;
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"{load.Count} keys of {ByteSize.Format(load.PayloadBytes)}, {load.Writers} writers with {load.Pipeline} writes in flight each: writes per second, median of {load.Slices} slices (least to best).")
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"| | writes/s | × {names[0]} | sent on | refused at first | grains awake, most / bound | steal |")
            .AppendLine("|---|---|---|---|---|---|---|");
        foreach (var name in names)
        {
            var rates = RatesOf(result, name);
            var samples = Of(result, name);
            var grains = result.Most[name].GrainsAwakeBound > 0 ? $"{result.Most[name].GrainsAwake} / {result.Most[name].GrainsAwakeBound}" : "";
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {rates.Median:F0} ({rates.Least:F0} to {rates.Most:F0}) | {rates.Median / reference:F2} | {result.Forwarded[name]:P0} | {samples.Sum(static one => one.Refused)} | {grains} | {samples.Max(static one => one.Steal):P0} |");
        }

        text.AppendLine()
            .AppendLine("Memory: of a silo beside its arena's pages in use and its index, and its managed heap (of several silos the largest); resident memory of all processes for each key.")
            .AppendLine()
            .AppendLine("| | keys | outside MiB | managed MiB | resident bytes per key |")
            .AppendLine("|---|---|---|---|---|");
        foreach (var name in names)
        {
            foreach (var (key, memory) in result.Memory.Where(one => one.Key.Contender == name).OrderBy(static one => one.Key.Written))
                AddMemory(text, name, $"{key.Written}", memory, Invariant($"{(double)memory.ResidentBytes / key.Written:F0}"));
            AddMemory(text, name, "at most", result.Most[name], "");
        }

        return text.ToString();
    }

    public static object Json(KeysResult result) => new
    {
        at = DateTimeOffset.UtcNow,
        processors = Environment.ProcessorCount,
        result.Load,
        contenders = result.Most.Select(one => new
        {
            name = one.Key,
            writesPerSecond = RatesOf(result, one.Key),
            forwarded = result.Forwarded[one.Key],
            most = one.Value,
            memory = result.Memory.Where(at => at.Key.Contender == one.Key).Select(static at => new { at.Key.Written, at.Value }),
            slices = Of(result, one.Key),
        }),
    };

    private static void AddMemory(StringBuilder text, string name, string when, KeysMemory memory, string perKey)
    {
        var ofSilo = memory.GrainsAwakeBound > 0
            ? Invariant($"{memory.OutsideBytes / Mebibyte:F0} | {memory.ManagedBytes / Mebibyte:F0}")
            : " | ";
        text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {when} | {ofSilo} | {perKey} |");
    }

    private static KeysSample[] Of(KeysResult result, string contender) => [.. result.Samples.Where(one => one.Contender == contender)];

    private static Spread RatesOf(KeysResult result, string contender) => Spread.Of(Of(result, contender).Select(static one => one.WritesPerSecond));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
