using System.CommandLine;
using KvOrleans.LoadGenerator.Contenders;
using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Reports;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Commands;

/// <summary><c>compare</c>: GET and SET, every server in every round.</summary>
internal sealed class CompareCommand : Command
{
    private readonly Option<int[]> _sizes = BenchOptions.Sizes();
    private readonly Option<int[]> _connections = BenchOptions.Numbers("--connections", "Numbers of connections.", 64, 1, 4);
    private readonly Option<string[]> _operations = BenchOptions.Names("--operations", "What to measure.", ["get", "set"], ["get", "set"]);
    private readonly Option<string[]> _servers =
        BenchOptions.Names("--servers", "The columns of the table.", ContenderCatalog.Names, ContenderCatalog.Names);

    private readonly Option<int> _rounds = BenchOptions.Number("--rounds", "Slices per server and row.", 9, 1, 1000);
    private readonly Option<int> _sliceLength = BenchOptions.Number("--slice-ms", "Length of a slice in milliseconds.", 300, 10, 60_000);
    private readonly Option<long> _cycleBytes = BenchOptions.Size("--cycle-bytes", "Payload bytes that slices cycle over.", "1GiB");
    private readonly Option<TransportKind> _transport = new("--io")
    {
        Description = "How this program does its socket I/O, for all servers alike (but the client library, which has its own).",
        DefaultValueFactory = static _ => TransportKind.Blocking,
    };

    private readonly Option<FileInfo?> _json = BenchOptions.Json();

    public CompareCommand()
        : base("compare", "Payload bytes per second of GET and SET, all servers in short interleaved slices of one run.")
    {
        Options.Add(_sizes);
        Options.Add(_connections);
        Options.Add(_operations);
        Options.Add(_servers);
        Options.Add(_rounds);
        Options.Add(_sliceLength);
        Options.Add(_cycleBytes);
        Options.Add(_transport);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var plan = new ComparisonPlan(
            arguments.GetRequiredValue(_sizes),
            arguments.GetRequiredValue(_connections),
            [.. arguments.GetRequiredValue(_operations).Select(static name => Enum.Parse<Operation>(name, ignoreCase: true))],
            arguments.GetRequiredValue(_rounds),
            TimeSpan.FromMilliseconds(arguments.GetRequiredValue(_sliceLength)),
            arguments.GetRequiredValue(_cycleBytes));
        var contenders = Available(arguments.GetRequiredValue(_servers), arguments.GetRequiredValue(_transport));
        if (contenders.Count == 0)
            return ExitCodes.Failed;

        var series = await new Comparison(plan, contenders, Progress.Write).RunAsync(cancellation);
        Console.Write(new MarkdownReport(series));
        if (arguments.GetValue(_json) is { } file)
            await JsonReport.WriteAsync(file.FullName, JsonReport.Of(plan, series), cancellation);
        return series.Any(static one => one.Failure is not null) ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static List<IContender> Available(IEnumerable<string> names, TransportKind transport)
    {
        List<IContender> available = [];
        foreach (var contender in names.Distinct().Select(name => ContenderCatalog.Create(name, transport)))
        {
            if (contender.WhatIsMissing() is { } missing)
                Progress.Write($"{contender.Name} is skipped: {missing}");
            else
                available.Add(contender);
        }

        return available;
    }
}
