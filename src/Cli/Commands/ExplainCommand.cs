using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using KvOrleans.Cli.Connections;
using KvOrleans.Cli.Explanations;
using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Replay;
using KvOrleans.Cli.Sizes;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Watching;
using Spectre.Console;

namespace KvOrleans.Cli.Commands;

/// <summary><c>kvo explain</c>: where the blocks of a chain are, or why they are not.</summary>
internal sealed class ExplainCommand(Terminal terminal, ICacheConnector connector)
{
    private const int DefaultBlockBytes = 64 << 10;
    private const int LargestBlock = 256 << 20;
    private const int MostUses = 255;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Argument<IReadOnlyList<BlockKey>> _keys = new("key")
    {
        Description = "Block keys in the order of their chain, each as text, or hex: and its bytes in hex digits.",
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = ParseKeys,
    };

    private readonly Option<TraceChain?> _chain = new("--trace-chain")
    {
        Description = "Instead of keys: the chain of a trace's Nth request (from 1; default the first), as kvo replay names its blocks.",
        HelpName = "file[@N]",
        CustomParser = result =>
        {
            try
            {
                return TraceChain.Parse(result.Tokens.Single().Value);
            }
            catch (FormatException error)
            {
                result.AddError($"--trace-chain: {error.Message}.");
                return null;
            }
        },
    };

    private readonly Option<string> _fingerprint = new("--fingerprint")
    {
        Description = "With --trace-chain: the fingerprint that kvo replay was given. Default: replay.",
        HelpName = "text",
        DefaultValueFactory = _ => "replay",
    };

    private readonly Option<long?> _blockBytes = CommonOptions.Bytes(
        "--block-bytes", "With --trace-chain: the bytes of a block that kvo replay was given. Default: 64KiB.", 1, LargestBlock);

    private readonly Option<IReadOnlyList<IPEndPoint>?> _connect = CommonOptions.Connect("Orleans gateways of the cluster. Default: 127.0.0.1:30000.");
    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>The command with its options.</summary>
    public Command Make()
    {
        var command = new DocumentedCommand(
            "explain",
            "Asks every silo where the blocks of a chain are, or why they are not. Exit code 1 when one is absent or a silo does not answer.",
            """
            For each block: the silos that hold it (the owner, copies), its version, how often it was read or matched (the most of all silos), leases on it, and time to live.
            An orphan is a block whose parent, the one before it in its chain, is gone from the cluster: nobody can use it, and it is evicted first.
            For one that nobody holds, the most likely reason: evicted, expired or invalidated, when and where; there under another fingerprint; lost with a silo that owned it; or never written, as far back as silos remember.
            A silo remembers the last 262,144 blocks that left it, since its process began. What it held before is lost with the process, and it cannot say so.
            """)
        {
            _keys, _chain, _fingerprint, _blockBytes, _connect, _json,
        };
        command.Validators.Add(result =>
        {
            var hasKeys = result.GetResult(_keys)?.Tokens.Count > 0;
            if (hasKeys == (result.GetResult(_chain) is not null))
                result.AddError("Name either keys or a --trace-chain.");
            if (hasKeys && (result.GetResult(_fingerprint) is { Implicit: false } || result.GetResult(_blockBytes) is not null))
                result.AddError("--fingerprint and --block-bytes belong to --trace-chain.");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static List<BlockKey> ParseKeys(ArgumentResult result)
    {
        var keys = new List<BlockKey>();
        foreach (var token in result.Tokens)
        {
            try
            {
                keys.Add(KeyNotation.Parse(token.Value));
            }
            catch (FormatException error)
            {
                result.AddError($"key: {error.Message}.");
            }
        }

        return keys;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (!TryReadChain(arguments, out var keys))
            return ExitCode.Usage;
        await using var client = connector.Connect(arguments.GetValue(_connect) ?? [], connectionsPerSilo: 1);
        await client.WaitUntilReadyAsync(Deadline, cancellationToken);
        var silos = await client.ExplainAsync(keys, Deadline, cancellationToken);
        var stories = keys.Select((key, at) => BlockStory.Of(key, [.. silos.Select(silo => new SiloTestimony(silo.Silo.Name, silo.Reached ? silo.Keys[at].Values : null))])).ToList();
        var silent = silos.Where(silo => !silo.Reached).Select(silo => silo.Silo.Name).ToList();
        var run = stories.TakeWhile(story => story.Places.Count > 0).Count();

        if (arguments.GetValue(_json))
        {
            Rendering.Json.Write(terminal.Output, new { blocks = stories.Select(ToJson), leadingRun = run, silent });
        }
        else
        {
            terminal.OutputConsole.Write(ToTable(stories));
            terminal.Output.WriteLine($"{stories.Count(story => story.Places.Count > 0)} of {stories.Count} blocks are there, {run} from the head on.");
        }

        foreach (var silo in silent)
            await terminal.Error.WriteLineAsync($"kvo: {silo} does not answer.");
        return run == stories.Count && silent.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private bool TryReadChain(ParseResult arguments, out BlockKey[] keys)
    {
        keys = [.. arguments.GetValue(_keys) ?? []];
        if (arguments.GetValue(_chain) is not { } chain)
            return true;
        try
        {
            keys = new ReplayKeys(arguments.GetRequiredValue(_fingerprint), (int)(arguments.GetValue(_blockBytes) ?? DefaultBlockBytes)).Of(chain.Read());
            return true;
        }
        catch (ArgumentException error)
        {
            terminal.Error.WriteLine($"kvo: --fingerprint: {error.Message}");
            return false;
        }
    }

    private static object ToJson(BlockStory story) => new
    {
        keyHex = Convert.ToHexStringLower(story.Key.Span),
        keyId = KeyId.Of(story.Key.Span).ToString(),
        present = story.Places.Count > 0,
        owner = story.Owner,
        places = story.Places,
        why = story.Why,
        losses = story.Losses,
    };

    private static Table ToTable(IReadOnlyList<BlockStory> stories)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumn(new TableColumn("#").RightAligned());
        foreach (var left in new[] { "key", "where", "version" })
            table.AddColumn(left);
        foreach (var right in new[] { "bytes", "uses", "MB/s", "leases", "time to live" })
            table.AddColumn(new TableColumn(right).RightAligned());
        for (var at = 0; at < stories.Count; at++)
        {
            var story = stories[at];
            string[] cells = story.Why is { } why
                ? [$"{at + 1}", KeyText.Short(story.Key), why, "–", "–", "–", "–", "–", "–"]
                :
                [
                    $"{at + 1}", KeyText.Short(story.Key), string.Join(", ", story.Places.Select(place => place.Describe(at > 0 ? stories[at - 1].Key : default, at))),
                    string.Join(", ", story.Places.Select(place => place.Version).Distinct()),
                    ByteSize.Format(story.Places[0].Length ?? 0), Uses(story.Places.Max(place => place.Uses ?? 0)),
                    Numbers.Rate(story.Places.Sum(place => place.BytesPerSecond ?? 0) / 1e6),
                    Numbers.Count(story.Places.Sum(place => place.Leases ?? 0)),
                    story.Places[0].TimeToLiveMilliseconds is { } left ? string.Create(CultureInfo.InvariantCulture, $"{left / 1000.0:0.0} s") : "until evicted",
                ];
            table.AddRow([.. cells.Select(cell => new Text(cell))]);
        }

        return table;
    }

    private static string Uses(long uses) => uses >= MostUses ? $"{MostUses} or more" : Numbers.Count(uses);
}
