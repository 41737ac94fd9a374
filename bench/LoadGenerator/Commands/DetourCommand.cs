using System.CommandLine;
using KvOrleans.LoadGenerator.Detour;
using KvOrleans.LoadGenerator.Reports;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Commands;

/// <summary><c>detour</c>: what a read costs through a silo that has to fetch it.</summary>
internal sealed class DetourCommand : Command
{
    private readonly Option<long> _size = BenchOptions.Size("--bytes", "Bytes per block, at most 64MiB.", "2MiB");
    private readonly Option<int> _reads = BenchOptions.Number("--reads", "Pairs of reads per command; as many before to warm up.", 300, 10, 1_000_000);
    private readonly Option<FileInfo?> _json = BenchOptions.Json();

    public DetourCommand()
        : base("detour", "GET and KV.GET of the same blocks from their owner and through another silo, interleaved.")
    {
        Options.Add(_size);
        Options.Add(_reads);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        if (new SiloServer().WhatIsMissing() is { } missing)
        {
            Progress.Write(missing);
            return ExitCodes.Failed;
        }

        var size = (int)Math.Min(arguments.GetRequiredValue(_size), 64 << 20);
        var series = await new DetourRun(size, arguments.GetRequiredValue(_reads), Progress.Write).RunAsync(cancellation);
        Console.Write(DetourReport.Text(size, series));
        if (arguments.GetValue(_json) is { } file)
            await JsonReport.WriteAsync(file.FullName, DetourReport.Json(size, series), cancellation);
        return ExitCodes.Done;
    }
}
