using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Text;
using KvOrleans.Cli.Balance;
using KvOrleans.Cli.Connections;
using KvOrleans.Cli.Incidents;
using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Replay;
using KvOrleans.Cli.Silos;
using KvOrleans.Cli.Sizes;
using KvOrleans.Cli.Traces;
using KvOrleans.Cli.Workloads;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Commands;

/// <summary><c>kvo replay</c>: a recorded trace, through real nodes and silos.</summary>
internal sealed class ReplayCommand(Terminal terminal, ICacheConnector connector, TimeProvider time)
{
    private const int DefaultBlockBytes = 64 << 10;
    private const int LargestBlock = 256 << 20;
    private const int LongestFingerprint = 256;
    private const int MostSilos = 64;

    /// <summary>Several nodes keep no exact order anyway, so that writing ahead costs nothing.</summary>
    private const int WritesInFlightOfSeveralNodes = 4;

    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(2);

    private readonly Option<FileInfo> _trace = new("--trace")
    {
        Description = "The trace: JSON lines, plain or gzip'd; each has timestamp (ms), input_length (tokens) and hash_ids (the prompt's block ids in order). It or --workload is needed.",
        HelpName = "file",
    };

    private readonly Option<string> _workload = new("--workload")
    {
        Description = $"Instead of a trace, made-up requests: three-prompts (chats; three first blocks are in 46, 39 and 15 % of the requests) or uniform (many documents, all asked for equally often). {GeneratedWorkloads.DefaultRequests:N0} requests, or --limit.",
        HelpName = string.Join('|', GeneratedWorkloads.Names),
    };

    private readonly Option<int> _seed = CommonOptions.Count("--seed", "What a --workload is a function of.", 1, 0, int.MaxValue);

    private readonly Option<double?> _warmUp = CommonOptions.NotNegativeNumber(
        "--balance-warm-up", "seconds", "What does not count at the beginning when it is told how evenly the silos served, in seconds of the trace. Default: 600. Without --speedup a tenth of it, in real time.");

    private readonly Option<double?> _speedup = CommonOptions.PositiveNumber(
        "--speedup", "X", "Begin each request at its timestamp / X, and report how late requests began. Without it, as fast as nodes get free.");

    private readonly Option<long?> _blockBytes = CommonOptions.Bytes(
        "--block-bytes", "Bytes of a block, for example 2MiB. Default: 64KiB.", 1, LargestBlock);

    private readonly Option<int> _nodes = CommonOptions.Count(
        "--nodes", "Inference nodes. With 1, requests are served strictly in file order, one at a time; with more, each request goes to the next free node.", 1, 1, 256);

    private readonly Option<int> _silos = CommonOptions.Count("--silos", "Silos to start, as processes on free ports of this machine.", 1, 1, MostSilos);

    private readonly Option<long?> _memory = CommonOptions.Bytes(
        "--memory", "Memory of each silo for blocks, for example 640MiB. Default: room for all different blocks of the trace, within half of the machine's memory.", 4 << 20, 1L << 50);

    private readonly Option<IReadOnlyList<IPEndPoint>?> _connect = CommonOptions.Connect(
        "Orleans gateways of a running cluster; then no silo is started, and --silos and --memory are not allowed.");

    private readonly Option<string> _redis = new("--redis")
    {
        Description = "A Redis, such as localhost:6379, that holds the membership of the silos that are started; then any of them may be lost. Without it the first silo holds it.",
        HelpName = "connection",
    };

    private readonly Option<IReadOnlyList<SiloOption>> _siloOptions = CommonOptions.Several(
        "--option", "NAME=VALUE", "An option of the silos that are started, such as Copies:Share=0. May be given several times.", SiloOption.Parse);

    private readonly Option<IReadOnlyList<Incident>> _kill = CommonOptions.Several(
        "--kill", "silo@seconds", "Kill a silo (silo-0, silo-1 …) so long after the replay began, and follow how its blocks' copies are made again. May be given several times.", Incident.ParseKill);

    private readonly Option<double?> _roll = CommonOptions.PositiveNumber(
        "--roll", "seconds", "So long after the replay began, stop and start again every silo, one after the other.");

    private readonly Option<int?> _limit = CommonOptions.OptionalCount("--limit", "Replay the first N requests only.", 1, int.MaxValue);

    private readonly Option<int?> _writes = CommonOptions.OptionalCount(
        "--writes-in-flight", "Blocks that a node writes at a time. Default: 1 with one node, which keeps the order exact, last block to first; else 4.", 1, 64);

    private readonly Option<WriteConcern> _concern = new("--write-concern")
    {
        Description = "When a write counts: local, when the block's owner has it, or replicated, when a second silo has it too; one that could not be replicated is a failed call. Default: local.",
        HelpName = "local|replicated",
        CustomParser = ParseConcern,
        DefaultValueFactory = _ => WriteConcern.Local,
    };

    private readonly Option<string> _digests = new("--digests")
    {
        Description = "Whether nodes keep the silos' digests, which spare the question for what cannot be there: on or off. Default: on.",
        HelpName = "on|off",
        DefaultValueFactory = _ => "on",
    };

    private readonly Option<string> _fingerprint = new("--fingerprint")
    {
        Description = "The model fingerprint in the blocks' keys. Give a fresh one to begin cold on a cluster that was replayed to before.",
        HelpName = "text",
        DefaultValueFactory = _ => "replay",
    };

    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>The command with its options.</summary>
    public Command Make()
    {
        var command = new DocumentedCommand(
            "replay",
            "Replays a trace of real traffic through inference nodes and silos, and verifies every byte.",
            """
            Each request matches its prompt's chain of blocks, reads what is there, writes the rest (last block first) and releases the match, as an
            inference engine would. A block's bytes follow from its key, so every byte read is verified.
            Hit ratio = blocks of leading runs that were read, every byte right / block references. The token hit ratio counts prompt tokens: a block
            stands for as many as fit the trace's prompt and chain lengths, the last one of a prompt perhaps for fewer.
            GB/s = 10^9 bytes / the whole duration. Read latency is of a call, which brings a whole match; write latency is of one block.
            Exit code 0 when every byte was right and no call failed, 1 when not, 2 for a wrong command line.
            """)
        {
            _trace, _workload, _seed, _speedup, _blockBytes, _nodes, _silos, _memory, _redis, _siloOptions, _kill, _roll, _connect, _limit, _writes, _concern, _digests, _fingerprint, _warmUp, _json,
        };
        _fingerprint.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: > 0 } text || Encoding.UTF8.GetByteCount(text) > LongestFingerprint)
                result.AddError($"--fingerprint: expected 1 to {LongestFingerprint} bytes.");
        });
        _digests.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not ("on" or "off") and var text)
                result.AddError($"--digests: '{text}' is neither on nor off.");
        });
        _workload.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && !GeneratedWorkloads.Names.Contains(name))
                result.AddError($"--workload: '{name}' is none of {string.Join(", ", GeneratedWorkloads.Names)}.");
        });
        command.Validators.Add(CheckSource);
        command.Validators.Add(CheckCluster);
        command.SetAction(RunAsync);
        return command;
    }

    private static WriteConcern ParseConcern(ArgumentResult result)
    {
        switch (result.Tokens.Single().Value)
        {
            case "local":
                return WriteConcern.Local;
            case "replicated":
                return WriteConcern.Replicated;
            case var other:
                result.AddError($"--write-concern: '{other}' is neither local nor replicated.");
                return default;
        }
    }

    private void CheckSource(CommandResult result)
    {
        if (result.GetResult(_trace) is null == result.GetResult(_workload) is null)
            result.AddError("Name what to replay: either --trace or --workload.");
        else if (result.GetResult(_workload) is null && result.GetResult(_seed) is { Implicit: false })
            result.AddError("--seed is for --workload.");
    }

    /// <summary>What options say together of the silos. What cannot be read is reported elsewhere: asking for its value would throw here.</summary>
    private void CheckCluster(CommandResult result)
    {
        var count = result.GetResult(_silos)?.Tokens is [{ Value: var text }] && int.TryParse(text, out var silos) ? silos : 1;
        var names = Enumerable.Range(0, Math.Clamp(count, 1, MostSilos)).Select(LocalCluster.NameOf).ToList();
        var hasRedis = result.GetResult(_redis) is not null;
        foreach (var kill in result.GetResult(_kill)?.Tokens ?? [])
        {
            var silo = kill.Value.Split('@')[0];
            if (!names.Contains(silo))
                result.AddError($"--kill: there is no silo '{silo}'; there are {string.Join(", ", names)}.");
            else if (silo == names[0] && !hasRedis)
                result.AddError($"--kill: {names[0]} holds the membership; name another, or a --redis that holds it.");
        }

        if (result.GetResult(_roll) is not null && !hasRedis)
            result.AddError("--roll stops the silo that holds the membership too: name a --redis that holds it.");
        Option[] ofOwnSilos = [_memory, _silos, _redis, _siloOptions, _kill, _roll];
        if (result.GetResult(_connect) is not null && ofOwnSilos.Any(option => result.GetResult(option) is { Implicit: false }))
            result.AddError("--connect names a cluster that runs already: leave out --silos, --memory, --redis, --option, --kill and --roll, or leave out --connect.");
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var json = arguments.GetValue(_json);
        IReplayDisplay display = json ? DisplayOf(terminal.ErrorIsLive, terminal.ErrorConsole, terminal.Error) : DisplayOf(terminal.OutputIsLive, terminal.OutputConsole, terminal.Output);
        var plan = Plan(arguments, display);
        var report = await new ReplaySession(connector, display, time).RunAsync(plan, cancellationToken);

        if (json)
            Json.Write(terminal.Output, report);
        else
            terminal.OutputConsole.Write(ReplayReportTable.Of(report));
        if (report is { Complete: true, Balance: { Windows.Count: 0, WarmUpSeconds: var warmUp } })
            await terminal.Error.WriteLineAsync($"How evenly the silos served cannot be told: no whole window came behind the first {Numbers.Seconds(TimeSpan.FromSeconds(warmUp))}; see --balance-warm-up.");
        if (!report.Complete)
            await terminal.Error.WriteLineAsync("Stopped before the end; the figures are of what was served.");
        else if (!report.Succeeded)
            await terminal.Error.WriteLineAsync($"kvo: {report.FailedCalls} call(s) failed and {report.WrongBytes} byte(s) were wrong.");
        return report.Succeeded ? ExitCode.Success : report.Complete ? ExitCode.Failure : ExitCode.Stopped;
    }

    private ReplayPlan Plan(ParseResult arguments, IReplayDisplay display)
    {
        var (workload, uniqueBlocks) = WorkloadOf(arguments);
        var nodes = arguments.GetValue(_nodes);
        var silos = arguments.GetValue(_silos);
        var gateways = arguments.GetValue(_connect);
        var options = new ReplayOptions
        {
            BlockBytes = (int)(arguments.GetValue(_blockBytes) ?? DefaultBlockBytes),
            Fingerprint = arguments.GetRequiredValue(_fingerprint),
            Speedup = arguments.GetValue(_speedup),
            Concern = arguments.GetValue(_concern),
            WritesInFlight = arguments.GetValue(_writes) ?? (nodes == 1 ? 1 : WritesInFlightOfSeveralNodes),
        };

        var memory = arguments.GetValue(_memory) ?? 0;
        if (memory == 0 && gateways is null)
        {
            var room = SiloMemory.For(uniqueBlocks, options.BlockBytes, silos);
            memory = room.BytesPerSilo;
            if (room.IsCapped)
                display.Say($"All {Numbers.Count(uniqueBlocks)} different blocks would need {ByteSize.Format(room.WantedBytesPerSilo)} per silo; half of this machine's memory allows {ByteSize.Format(memory)}, so blocks will be evicted.");
        }

        List<Incident> incidents = [.. arguments.GetValue(_kill) ?? []];
        if (arguments.GetValue(_roll) is { } roll)
            incidents.Add(new(IncidentKind.Roll, "", TimeSpan.FromSeconds(Math.Min(roll, 1e6))));
        return new(workload, options, nodes, silos, memory, gateways)
        {
            Redis = arguments.GetValue(_redis),
            SiloOptions = arguments.GetValue(_siloOptions) ?? [],
            Incidents = incidents,
            Digests = arguments.GetValue(_digests) == "on",
            BalanceWarmUp = arguments.GetValue(_warmUp) is { } warmUp ? TimeSpan.FromSeconds(Math.Min(warmUp, 1e6)) : BalanceWindows.DefaultWarmUp,
        };
    }

    private (IWorkload Workload, long UniqueBlocks) WorkloadOf(ParseResult arguments)
    {
        var limit = arguments.GetValue(_limit);
        if (arguments.GetValue(_workload) is { } name)
        {
            var made = GeneratedWorkloads.Make(name, arguments.GetValue(_seed), limit ?? GeneratedWorkloads.DefaultRequests);
            return (made, GeneratedWorkloads.UniqueBlocksOf(made));
        }

        var file = arguments.GetRequiredValue(_trace);
        var trace = new TraceWorkload(file.Name, TraceReader.Read(file.FullName, limit ?? int.MaxValue));
        return (trace, trace.UniqueBlocks);
    }

    private IReplayDisplay DisplayOf(bool live, Spectre.Console.IAnsiConsole console, TextWriter writer) =>
        live ? new LiveReplayDisplay(console, time) : new PlainReplayDisplay(writer, PlainInterval, time);
}
