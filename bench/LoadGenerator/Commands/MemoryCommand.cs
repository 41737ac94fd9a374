using System.CommandLine;
using KvOrleans.LoadGenerator.MemoryUse;
using KvOrleans.LoadGenerator.Reports;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Commands;

/// <summary><c>memory</c>: what a full silo of ours takes beside its payload.</summary>
internal sealed class MemoryCommand : Command
{
    private readonly Option<long> _arena = BenchOptions.Size("--arena", "The silo's memory for blocks (KvOrleans:Memory:Bytes).", "4GiB");
    private readonly Option<int> _times = BenchOptions.Number("--times", "How many times the arena passes through in mixed sizes.", 10, 1, 1000);
    private readonly Option<FileInfo?> _json = BenchOptions.Json();

    public MemoryCommand()
        : base("memory", "Resident memory against payload: full of 1 MiB blocks, after mixed sizes, and full of 1 MiB blocks again.")
    {
        Options.Add(_arena);
        Options.Add(_times);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var silo = new SiloServer();
        if (silo.WhatIsMissing() is { } missing)
        {
            Progress.Write(missing);
            return ExitCodes.Failed;
        }

        var arena = arguments.GetRequiredValue(_arena);
        await using var server = await silo.StartAsync(new ServerNeeds(arena), cancellation);
        var samples = await new MemoryRun(server, arena, arguments.GetRequiredValue(_times), Progress.Write).RunAsync(cancellation);
        Console.Write(MemoryReport.Text(arena, samples));
        if (arguments.GetValue(_json) is { } file)
            await JsonReport.WriteAsync(file.FullName, new { at = DateTimeOffset.UtcNow, arena, samples }, cancellation);
        return ExitCodes.Done;
    }
}
