using System.CommandLine;
using KvOrleans.LoadGenerator.Hotspots;
using KvOrleans.LoadGenerator.Networks;
using KvOrleans.LoadGenerator.Reports;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Commands;

/// <summary><c>hotspot</c>: one block that everybody reads, where the silos' links are the limit.</summary>
internal sealed class HotspotCommand : Command
{
    private readonly Option<int[]> _silos = BenchOptions.Numbers("--silos", "Sizes of the cluster, each measured by itself; with 1 among them the others are compared with it.", 64, 1, 2, 4, 8);
    private readonly Option<long> _size = BenchOptions.Size("--bytes", "Bytes of the hot block, at most 64MiB.", "2MiB");
    private readonly Option<int> _link = BenchOptions.Number("--link-mbit", "What a silo's link carries in each direction, in 10^6 bits per second.", 200, 1, 100_000);
    private readonly Option<int> _readers = BenchOptions.Number("--readers", "Client processes.", 4, 1, 64);
    private readonly Option<int> _inFlight = BenchOptions.Number("--in-flight", "Reads under way for each silo, of all readers together.", 4, 1, 1024);
    private readonly Option<int> _connections = BenchOptions.Number("--connections", "Connections of a reader to each silo.", 4, 1, 64);
    private readonly Option<int> _rounds = BenchOptions.Number("--rounds", "Rounds of each size, after the spread.", 5, 1, 1000);
    private readonly Option<int> _seconds = BenchOptions.Number("--round-seconds", "How long a round lasts.", 5, 1, 3600);
    private readonly Option<bool> _noFading = new("--no-fading") { Description = "Do not wait until the extra copies are gone, which takes most of a minute for each size." };
    private readonly Option<string[]> _siloOptions = new("--option") { Description = "NAME=VALUE: an option of the silos, such as Copies:HotShare=0. May be given several times." };
    private readonly Option<FileInfo?> _json = BenchOptions.Json();

    public HotspotCommand()
        : base("hotspot", "One hot block read from clusters of several sizes, each silo in a network namespace behind a limited link. Takes root, ip and tc.")
    {
        foreach (var option in new Option[] { _silos, _size, _link, _readers, _inFlight, _connections, _rounds, _seconds, _noFading, _siloOptions, _json })
            Options.Add(option);
        _siloOptions.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens.Where(static token => token.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
                result.AddError($"--option: '{token.Value}' is not NAME=VALUE.");
        });
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        if (LimitedNetwork.WhatIsMissing() is { } missing)
        {
            Progress.Write($"{missing} Without limited links this machine's processors would be the limit, so neither how the rate grows with the silos nor how fast a block spreads can be measured here.");
            return ExitCodes.CannotMeasure;
        }

        if (new SiloServer().WhatIsMissing() is { } notBuilt)
        {
            Progress.Write(notBuilt);
            return ExitCodes.Failed;
        }

        var plan = new HotspotPlan(
            [.. arguments.GetRequiredValue(_silos).Distinct()],
            (int)Math.Min(arguments.GetRequiredValue(_size), 64 << 20),
            arguments.GetRequiredValue(_link),
            arguments.GetRequiredValue(_readers),
            arguments.GetRequiredValue(_inFlight),
            arguments.GetRequiredValue(_connections),
            arguments.GetRequiredValue(_rounds),
            TimeSpan.FromSeconds(arguments.GetRequiredValue(_seconds)),
            !arguments.GetValue(_noFading),
            [.. (arguments.GetValue(_siloOptions) ?? []).SelectMany(static option => new[] { $"--KvOrleans:{option[..option.IndexOf('=', StringComparison.Ordinal)]}", option[(option.IndexOf('=', StringComparison.Ordinal) + 1)..] })]);
        var results = await new HotspotRun(plan, Progress.Write).RunAsync(cancellation);
        Console.Write(HotspotReport.Text(plan, results));
        if (arguments.GetValue(_json) is { } file)
            await JsonReport.WriteAsync(file.FullName, HotspotReport.Json(plan, results), cancellation);
        return results.All(static one => one.Counts is { Misses: 0, Wrong: 0 }) ? ExitCodes.Done : ExitCodes.Failed;
    }
}
