using System.CommandLine;
using KvOrleans.LoadGenerator.Reports;
using KvOrleans.LoadGenerator.Servers;
using KvOrleans.LoadGenerator.Watching;

namespace KvOrleans.LoadGenerator.Commands;

/// <summary><c>console</c>: what it costs silos that somebody has the console open.</summary>
internal sealed class ConsoleCommand : Command
{
    private readonly Option<int> _silos = BenchOptions.Number("--silos", "Silos of the cluster.", 3, 1, 16);
    private readonly Option<int> _watchers = BenchOptions.Number("--watchers", "How often the console of the first silo is open.", 1, 1, 16);
    private readonly Option<int> _rounds = BenchOptions.Number("--rounds", "Slices with the console open, and as many without, in turn.", 8, 1, 1000);
    private readonly Option<int> _seconds = BenchOptions.Number("--seconds", "Seconds a slice.", 10, 2, 600);
    private readonly Option<int> _reads = BenchOptions.Number("--reads", "Reads of 64 KiB a second.", 1000, 0, 20_000);
    private readonly Option<FileInfo?> _json = BenchOptions.Json();

    public ConsoleCommand()
        : base("console", "Processor time of silos under a small steady load, with the console open and without, in turn.")
    {
        foreach (var option in new Option[] { _silos, _watchers, _rounds, _seconds, _reads, _json })
            Options.Add(option);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        if (new SiloServer().WhatIsMissing() is { } missing)
        {
            Progress.Write(missing);
            return ExitCodes.Failed;
        }

        var plan = new WatchPlan(
            arguments.GetRequiredValue(_silos),
            arguments.GetRequiredValue(_watchers),
            arguments.GetRequiredValue(_rounds),
            TimeSpan.FromSeconds(arguments.GetRequiredValue(_seconds)),
            arguments.GetRequiredValue(_reads));
        var (slices, pageBytes) = await new WatchRun(plan, Progress.Write).RunAsync(cancellation);
        Console.Write(WatchReport.Text(plan, slices, pageBytes));
        if (arguments.GetValue(_json) is { } file)
            await JsonReport.WriteAsync(file.FullName, WatchReport.Json(plan, slices, pageBytes), cancellation);
        return ExitCodes.Done;
    }
}
