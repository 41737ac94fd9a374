using KvOrleans.Cli.Balance;
using KvOrleans.Cli.Incidents;
using KvOrleans.Cli.Replay;
using KvOrleans.Cli.Sizes;
using Spectre.Console;

namespace KvOrleans.Cli.Rendering;

/// <summary>The result of a replay as a table.</summary>
internal static class ReplayReportTable
{
    public static Table Of(ReplayReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("").AddColumn(new TableColumn(Markup.Escape(report.Workload)).RightAligned());
        void Row(string name, string value) => table.AddRow(new Text(name), new Text(value));

        Row("requests", $"{Numbers.Count(report.Requests)} in {Numbers.Seconds(TimeSpan.FromSeconds(report.DurationSeconds))}, {Numbers.Rate(report.RequestsPerSecond)}/s");
        Row("nodes, block", $"{report.Nodes}, {ByteSize.Format(report.BlockBytes)}");
        Row("blocks hit", $"{Numbers.Count(report.BlockHits)} of {Numbers.Count(report.BlockReferences)}");
        Row("hit ratio, blocks", Numbers.Ratio(report.HitRatio));
        Row("hit ratio, tokens", Numbers.Ratio(report.TokenHitRatio));
        Row("prefill tokens saved", Numbers.Count(report.PrefillTokensSaved));
        Row("in", $"{ByteSize.Format(report.BytesRead)}, {Numbers.Rate(report.ReadGigabytesPerSecond)} GB/s");
        Row("out", $"{ByteSize.Format(report.BytesWritten)}, {Numbers.Rate(report.WriteGigabytesPerSecond)} GB/s");
        Row("asked for twice", $"{ByteSize.Format(report.HedgedBytes)}, {Numbers.Ratio(report.HedgedRatio)} of what was read");
        Row("match p50 / p99 / max", Latency(report.MatchP50Microseconds, report.MatchP99Microseconds, report.MatchMaxMicroseconds));
        Row("read of a match p50 / p99 / max", Latency(report.ReadP50Microseconds, report.ReadP99Microseconds, report.ReadMaxMicroseconds));
        Row("write of a block p50 / p99 / max", Latency(report.WriteP50Microseconds, report.WriteP99Microseconds, report.WriteMaxMicroseconds));
        Row("questions to silos per match", $"{Numbers.Rate(report.MatchQuestionsPerRequest)}");
        Row("blocks asked for, of them absent", $"{Numbers.Count(report.BlocksAsked)}, {Numbers.Count(report.BlocksAskedAbsent)}");
        Row("blocks ruled out by digests", $"{Numbers.Count(report.BlocksSkipped)}, for {ByteSize.Format(report.DigestBytes)} of digests");
        Row("prompts with nothing cached, unasked", $"{Numbers.Count(report.ColdPrompts)}, {Numbers.Ratio(report.ColdPromptsUnaskedRatio)}");
        if (report.LagP50Milliseconds is not null)
            Row("lag p50 / p99 / max", $"{Numbers.Milliseconds(report.LagP50Milliseconds)} / {Numbers.Milliseconds(report.LagP99Milliseconds)} / {Numbers.Milliseconds(report.LagMaxMilliseconds)}");
        if (report is { MemoryHeldBytes: { } held, MemoryBytes: { } memory, Blocks: { } blocks, Evictions: { } evictions, ResidentBytes: { } resident })
        {
            Row("memory held", $"{ByteSize.Format(held)} of {ByteSize.Format(memory)} in {report.Silos} silo(s)");
            Row("blocks held, evicted", $"{Numbers.Count(blocks)}, {Numbers.Count(evictions)}");
            Row("resident memory of silos", ByteSize.Format(resident));
        }

        if (report.Balance is { Windows.Count: > 0 } balance)
        {
            Row("a silo's bytes, max / mean, p50 / p99 / worst", $"{Numbers.MaybeRatio(balance.MaxToMeanP50)} / {Numbers.MaybeRatio(balance.MaxToMeanP99)} / {Numbers.MaybeRatio(balance.MaxToMeanWorst)}");
            Row("  of windows", Windows(balance));
        }

        if (report.ExtraCopies is { } extra)
        {
            Row("extra copies made, of hot blocks", Numbers.Count(extra.CopiesMade));
            Row("  at a time at most", $"{Numbers.Count(extra.MostCopies)}, {ByteSize.Format(extra.MostBytes)}, {Numbers.Percent(extra.MostShare)} of all memory");
            Row("hot blocks with several holders, at a time at most", Numbers.Count(extra.MostHotBlocks));
        }

        foreach (var incident in report.Incidents)
            Row($"{incident.What} of {incident.Silo} at {Numbers.Seconds(TimeSpan.FromSeconds(incident.AtSeconds))}", Outcome(incident));
        Row("failed calls", Numbers.Count(report.FailedCalls));
        foreach (var (reason, count) in report.Failures.OrderByDescending(failure => failure.Value))
            Row($"  {reason}", Numbers.Count(count));
        Row("wrong bytes", Numbers.Count(report.WrongBytes));
        return table;
    }

    private static string Latency(double? median, double? p99, double? most) =>
        $"{Numbers.Microseconds(median)} / {Numbers.Microseconds(p99)} / {Numbers.Microseconds(most)}";

    private static string Windows(BalanceReport balance)
    {
        var left = (balance.IdleWindows > 0 ? $", {balance.IdleWindows} idle" : "") + (balance.BrokenWindows > 0 ? $", {balance.BrokenWindows} left out" : "");
        var length = balance.IsTraceTime ? "60 s of the trace" : $"{Numbers.Seconds(TimeSpan.FromSeconds(balance.WindowSeconds))} of real time";
        return $"{balance.Windows.Count} of {length}{left}, after {Numbers.Seconds(TimeSpan.FromSeconds(balance.WarmUpSeconds))}";
    }

    private static string Outcome(IncidentReport incident) => incident.WholeSeconds is { } seconds
        ? $"all copies whole after {Numbers.Seconds(TimeSpan.FromSeconds(seconds))}, {ByteSize.Format(incident.CopiedBytes ?? 0)} copied"
        : "copies were not seen whole";
}
