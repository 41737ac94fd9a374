using System.CommandLine;
using KvOrleans.LoadGenerator.Matching;
using KvOrleans.LoadGenerator.Reports;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Commands;

/// <summary><c>match</c>: how fast a chain is found and leased.</summary>
internal sealed class MatchCommand : Command
{
    private readonly Option<int[]> _blocks = BenchOptions.Numbers("--blocks", "Lengths of the chains.", 1 << 16, 256, 8192);
    private readonly Option<int> _matches = BenchOptions.Number("--matches", "Matches of each chain; as many before to warm up.", 2000, 10, 1_000_000);
    private readonly Option<int> _keys = BenchOptions.Number("--keys", "Keys of one question to one silo and to Redis.", 1024, 1, 8192);
    private readonly Option<int> _slices = BenchOptions.Number("--slices", "Slices of each of the two, interleaved.", 20, 1, 1000);
    private readonly Option<int> _milliseconds = BenchOptions.Number("--slice-ms", "Milliseconds of a slice.", 250, 10, 60_000);
    private readonly Option<FileInfo?> _json = BenchOptions.Json();

    public MatchCommand()
        : base("match", "Matches with leases: the client library over three silos, and one silo beside EXISTS of a Redis.")
    {
        Options.Add(_blocks);
        Options.Add(_matches);
        Options.Add(_keys);
        Options.Add(_slices);
        Options.Add(_milliseconds);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        if ((new SiloServer().WhatIsMissing() ?? new RedisServer().WhatIsMissing()) is { } missing)
        {
            Progress.Write(missing);
            return ExitCodes.Failed;
        }

        var plan = new MatchPlan(
            arguments.GetRequiredValue(_blocks),
            arguments.GetRequiredValue(_matches),
            arguments.GetRequiredValue(_keys),
            arguments.GetRequiredValue(_slices),
            TimeSpan.FromMilliseconds(arguments.GetRequiredValue(_milliseconds)));
        var result = await new MatchRun(plan, Progress.Write).RunAsync(cancellation);
        Console.Write(MatchReport.Text(result));
        if (arguments.GetValue(_json) is { } file)
            await JsonReport.WriteAsync(file.FullName, MatchReport.Json(result), cancellation);
        return ExitCodes.Done;
    }
}
