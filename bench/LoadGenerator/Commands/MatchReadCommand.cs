using System.CommandLine;
using KvOrleans.LoadGenerator.Contenders;
using KvOrleans.LoadGenerator.MatchReads;
using KvOrleans.LoadGenerator.Reports;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Commands;

/// <summary><c>match-read</c>: how fast a match comes from several silos at once.</summary>
internal sealed class MatchReadCommand : Command
{
    private readonly Option<long> _size = BenchOptions.Size("--bytes", "Bytes per block, at most 64MiB.", "2MiB");
    private readonly Option<int> _blocks = BenchOptions.Number("--blocks", "Blocks of the match.", 64, 1, 4096);
    private readonly Option<int> _connections = BenchOptions.Number("--connections", "Connections to each silo.", 4, 1, 64);
    private readonly Option<int> _rounds = BenchOptions.Number("--rounds", "Slices of each; one more before to warm up.", 10, 1, 1000);
    private readonly Option<int> _milliseconds = BenchOptions.Number("--slice-ms", "Milliseconds of a slice at least; iperf3 rounds up to seconds.", 1000, 10, 60_000);
    private readonly Option<FileInfo?> _json = BenchOptions.Json();

    public MatchReadCommand()
        : base("match-read", "A match read from three silos with the client library, at once and streamed, beside iperf3, interleaved.")
    {
        Options.Add(_size);
        Options.Add(_blocks);
        Options.Add(_connections);
        Options.Add(_rounds);
        Options.Add(_milliseconds);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        if ((new SiloServer().WhatIsMissing() ?? new Iperf3Contender().WhatIsMissing()) is { } missing)
        {
            Progress.Write(missing);
            return ExitCodes.Failed;
        }

        var plan = new MatchReadPlan(
            (int)Math.Min(arguments.GetRequiredValue(_size), 64 << 20),
            arguments.GetRequiredValue(_blocks),
            arguments.GetRequiredValue(_connections),
            arguments.GetRequiredValue(_rounds),
            TimeSpan.FromMilliseconds(arguments.GetRequiredValue(_milliseconds)));
        var series = await new MatchReadRun(plan, Progress.Write).RunAsync(cancellation);
        Console.Write(MatchReadReport.Text(plan, series));
        if (arguments.GetValue(_json) is { } file)
            await JsonReport.WriteAsync(file.FullName, MatchReadReport.Json(plan, series), cancellation);
        return ExitCodes.Done;
    }
}
