using System.CommandLine;
using KvOrleans.LoadGenerator.Contenders;
using KvOrleans.LoadGenerator.RedisBenchmark;
using KvOrleans.LoadGenerator.Reports;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Commands;

/// <summary><c>redis-benchmark</c>: the program of that name, deep pipelines of small values.</summary>
internal sealed class RedisBenchmarkCommand : Command
{
    private const string Unmetered = "unmetered";

    private static readonly string[] Accepted = [ContenderCatalog.Ours, "redis", "garnet", Unmetered];

    private readonly Option<string[]> _servers = BenchOptions.Names("--servers", "Whom to compare; unmetered: ours without metrics.", Accepted, Accepted[..2]);
    private readonly Option<int> _rounds = BenchOptions.Number("--rounds", "Runs per server, interleaved.", 5, 1, 1000);
    private readonly Option<int> _requests = BenchOptions.Number("--requests", "Requests per run and operation (-n).", 200_000, 1_000, 100_000_000);
    private readonly Option<int> _payload = BenchOptions.Number("--payload-bytes", "Bytes per value (-d).", 4096, 1, 64 << 20);
    private readonly Option<int> _pipeline = BenchOptions.Number("--pipeline", "Requests in flight per connection (-P).", 32, 1, 1024);
    private readonly Option<int> _clients = BenchOptions.Number("--connections", "Connections (-c).", 8, 1, 1024);
    private readonly Option<int> _keys = BenchOptions.Number("--keys", "Different keys, chosen at random (-r).", 100_000, 1, 100_000_000);
    private readonly Option<FileInfo?> _json = BenchOptions.Json();

    public RedisBenchmarkCommand()
        : base("redis-benchmark", "Requests per second of pipelined SET and GET by redis-benchmark, interleaved.")
    {
        Options.Add(_servers);
        Options.Add(_rounds);
        Options.Add(_requests);
        Options.Add(_payload);
        Options.Add(_pipeline);
        Options.Add(_clients);
        Options.Add(_keys);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        if (Programs.WhatIsMissing(RedisBenchmarkRun.Program, "redis-tools") is { } missing)
        {
            Progress.Write(missing);
            return ExitCodes.Failed;
        }

        var load = new RedisBenchmarkLoad(
            arguments.GetRequiredValue(_requests),
            arguments.GetRequiredValue(_payload),
            arguments.GetRequiredValue(_pipeline),
            arguments.GetRequiredValue(_clients),
            arguments.GetRequiredValue(_keys));
        var run = new RedisBenchmarkRun(load, arguments.GetRequiredValue(_rounds), Progress.Write);
        var results = await run.RunAsync(Available(arguments.GetRequiredValue(_servers)), cancellation);
        Console.Write(RedisBenchmarkReport.Text(load, results));
        if (arguments.GetValue(_json) is { } file)
            await JsonReport.WriteAsync(file.FullName, RedisBenchmarkReport.Json(load, results), cancellation);
        return results.Count > 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static Dictionary<string, IServerKind> Available(IEnumerable<string> names)
    {
        Dictionary<string, IServerKind> available = [];
        foreach (var name in names.Distinct())
        {
            IServerKind kind = name switch
            {
                ContenderCatalog.Ours => new SiloServer(),
                Unmetered => new SiloServer("--KvOrleans:Metrics:Enabled", "false"),
                "redis" => new RedisServer(),
                _ => new GarnetServer(),
            };
            if (kind.WhatIsMissing() is { } missing)
                Progress.Write($"{name} is skipped: {missing}");
            else
                available[name] = kind;
        }

        return available;
    }
}
