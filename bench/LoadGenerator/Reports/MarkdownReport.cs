using System.Globalization;
using System.Text;
using KvOrleans.LoadGenerator.Contenders;
using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Payloads;

namespace KvOrleans.LoadGenerator.Reports;

/// <summary>The tables that people read.</summary>
internal sealed class MarkdownReport(IReadOnlyList<Series> series)
{
    private const double Gigabyte = 1e9;

    private readonly string[] _contenders = [.. series.Select(static one => one.Contender).Distinct()];
    private readonly ILookup<Cell, Series> _cells = series.ToLookup(static one => one.Cell);

    public override string ToString()
    {
        var text = new StringBuilder();
        AddThroughput(text);
        foreach (var reference in References())
            AddRatios(text, reference);
        AddLatencies(text);
        AddFailures(text);
        return text.ToString();
    }

    /// <summary>Those that the others are compared with: ours, or whoever comes first when ours is not there.</summary>
    private IEnumerable<string> References()
    {
        var ours = _contenders.Where(static name => name is ContenderCatalog.Ours or ContenderCatalog.Thin).ToArray();
        return ours.Length > 0 ? ours : _contenders.Take(1);
    }

    private void AddThroughput(StringBuilder text)
    {
        text.AppendLine("Payload GB/s (10^9 bytes): median of the slices (least to best). Steal: the worst slice of the row.").AppendLine();
        AddHead(text, [.. _contenders, "steal"]);
        foreach (var cell in _cells)
        {
            var values = _contenders.Select(name => Find(cell.Key, name) is { } one ? Throughput(one) : "");
            AddRow(text, $"{cell.Key}", [.. values, Invariant($"{cell.Max(static one => one.WorstSteal):P0}")]);
        }

        text.AppendLine();
    }

    private void AddRatios(StringBuilder text, string reference)
    {
        text.AppendLine($"Ratio of medians, {reference} / other. 'best': each side's best number of connections.").AppendLine();
        var others = _contenders.Where(name => name != reference).ToArray();
        AddHead(text, others);
        foreach (var cell in _cells)
            AddRow(text, $"{cell.Key}", others.Select(other => Ratio(Median(cell.Key, reference), Median(cell.Key, other))));
        foreach (var group in _cells.GroupBy(static cell => (cell.Key.Operation, cell.Key.Size)).Where(static group => group.Count() > 1))
        {
            var title = $"{group.Key.Operation.ToString().ToUpperInvariant()} {ByteSize.Format(group.Key.Size)} best";
            AddRow(text, title, others.Select(other => Ratio(
                group.Max(cell => Median(cell.Key, reference)),
                group.Max(cell => Median(cell.Key, other)))));
        }

        text.AppendLine();
    }

    private void AddLatencies(StringBuilder text)
    {
        var timed = _contenders.Where(name => series.Any(one => one.Contender == name && one.P50 is not null)).ToArray();
        if (timed.Length == 0)
            return;
        text.AppendLine("Latency of one operation in microseconds: p50 / p99 over all slices.").AppendLine();
        AddHead(text, timed);
        foreach (var cell in _cells)
            AddRow(text, $"{cell.Key}", timed.Select(name => Find(cell.Key, name) is { P50: { } p50, P99: { } p99 }
                ? Invariant($"{p50.TotalMicroseconds:F0} / {p99.TotalMicroseconds:F0}")
                : ""));
        text.AppendLine();
    }

    private void AddFailures(StringBuilder text)
    {
        foreach (var failed in series.Where(static one => one.Failure is not null))
            text.AppendLine($"- {failed.Contender}, {failed.Cell}: {failed.Failure}");
    }

    private Series? Find(Cell cell, string contender) => _cells[cell].FirstOrDefault(one => one.Contender == contender);

    private double Median(Cell cell, string contender) => Find(cell, contender)?.BytesPerSecond.Median ?? 0;

    private static string Throughput(Series one)
    {
        var spread = one.BytesPerSecond;
        var mark = one.Failure is null ? "" : " failed";
        return spread.Count == 0
            ? mark.Trim()
            : Invariant($"{spread.Median / Gigabyte:F2} ({spread.Least / Gigabyte:F2} to {spread.Most / Gigabyte:F2}){mark}");
    }

    private static string Ratio(double reference, double other) => reference > 0 && other > 0 ? Invariant($"{reference / other:F2}") : "";

    private static void AddHead(StringBuilder text, IReadOnlyCollection<string> columns)
    {
        AddRow(text, "", columns);
        text.Append("|---|").AppendJoin("", Enumerable.Repeat("---|", columns.Count)).AppendLine();
    }

    private static void AddRow(StringBuilder text, string title, IEnumerable<string> values) =>
        text.Append("| ").Append(title).Append(" | ").AppendJoin(" | ", values).AppendLine(" |");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
