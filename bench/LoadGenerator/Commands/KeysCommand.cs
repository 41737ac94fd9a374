using System.CommandLine;
using KvOrleans.LoadGenerator.DistinctKeys;
using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Reports;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Commands;

/// <summary><c>keys</c>: many small overwritable keys, each written once.</summary>
internal sealed class KeysCommand : Command
{
    private readonly Option<int> _count = BenchOptions.Number("--count", "Distinct keys.", 1_000_000, 1000, 100_000_000);
    private readonly Option<long> _payload = BenchOptions.Size("--bytes", "Bytes per value, at most 1MiB.", "4KiB");
    private readonly Option<int> _writers = BenchOptions.Number("--connections", "Writers, each with a connection to every server.", 8, 1, 256);
    private readonly Option<int> _pipeline = BenchOptions.Number("--pipeline", "Writes in flight per writer.", 32, 1, 1024);
    private readonly Option<int[]> _silos = BenchOptions.Numbers("--silos", "Sizes of the clusters.", 16, 1, 3);
    private readonly Option<int> _slices = BenchOptions.Number("--slices", "Parts in which the keys are written, interleaved.", 40, 4, 1000);
    private readonly Option<bool> _direct = new("--direct")
    {
        Description = "Beside each cluster of several silos one whose clients send each key to its owner.",
        DefaultValueFactory = static _ => true,
    };

    private readonly Option<FileInfo?> _json = BenchOptions.Json();

    public KeysCommand()
        : base("keys", "Distinct overwritable keys per second in silos and in Redis, and what they take outside the arena.")
    {
        Options.Add(_count);
        Options.Add(_payload);
        Options.Add(_writers);
        Options.Add(_pipeline);
        Options.Add(_silos);
        Options.Add(_slices);
        Options.Add(_direct);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var load = new KeysLoad(
            arguments.GetRequiredValue(_count),
            (int)Math.Min(arguments.GetRequiredValue(_payload), 1 << 20),
            arguments.GetRequiredValue(_writers),
            arguments.GetRequiredValue(_pipeline),
            arguments.GetRequiredValue(_slices));
        var run = new KeysRun(load, arguments.GetRequiredValue(_silos), arguments.GetRequiredValue(_direct), Progress.Write);
        if (WhatIsMissing(run) is { } missing)
        {
            Progress.Write(missing);
            return ExitCodes.Failed;
        }

        var result = await run.RunAsync(cancellation);
        Console.Write(KeysReport.Text(result));
        if (arguments.GetValue(_json) is { } file)
            await JsonReport.WriteAsync(file.FullName, KeysReport.Json(result), cancellation);
        return ExitCodes.Done;
    }

    private static string? WhatIsMissing(KeysRun run)
    {
        const long Mebibyte = 1 << 20;
        var free = FreeMemory.Bytes();
        return new SiloServer().WhatIsMissing() ?? new RedisServer().WhatIsMissing() ?? (run.NeededBytes > free
            ? $"All servers together would take {ByteSize.Format(run.NeededBytes / Mebibyte * Mebibyte)}, {ByteSize.Format(free / Mebibyte * Mebibyte)} are free: ask for a smaller --count, fewer --silos or --direct false."
            : null);
    }
}
