using System.CommandLine;
using System.Globalization;
using System.Net;
using KvOrleans.Cli.Connections;
using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Sizes;
using KvOrleans.Contracts.Blocks;
using Spectre.Console;

namespace KvOrleans.Cli.Commands;

/// <summary><c>kvo inspect</c>: what the cluster knows of one block.</summary>
internal sealed class InspectCommand(Terminal terminal, ICacheConnector connector)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Argument<BlockKey> _key = new("key")
    {
        Description = "The block's key as text, or hex: and its bytes in hex digits.",
        CustomParser = result =>
        {
            try
            {
                return KeyNotation.Parse(result.Tokens.Single().Value);
            }
            catch (FormatException error)
            {
                result.AddError($"key: {error.Message}.");
                return default;
            }
        },
    };

    private readonly Option<IReadOnlyList<IPEndPoint>?> _connect = CommonOptions.Connect("Orleans gateways of the cluster. Default: 127.0.0.1:30000.");
    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>The command with its options.</summary>
    public Command Make()
    {
        var command = new Command("inspect", "Shows what the cluster knows of one block: version, length, checksum, time to live, leases. Exit code 1 when it is absent.")
        {
            _key, _connect, _json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var key = arguments.GetRequiredValue(_key);
        await using var client = connector.Connect(arguments.GetValue(_connect) ?? [], connectionsPerSilo: 1);
        await client.WaitUntilReadyAsync(Deadline, cancellationToken);
        var found = await client.InspectAsync(key, Deadline, cancellationToken);

        if (arguments.GetValue(_json))
            Rendering.Json.Write(terminal.Output, ToJson(key, found));
        else if (found is { } block)
            terminal.OutputConsole.Write(ToTable(key, block));
        else
            terminal.Output.WriteLine("absent");
        return found is null ? ExitCode.Failure : ExitCode.Success;
    }

    private static object ToJson(BlockKey key, BlockInfo? block) => new
    {
        present = block is not null,
        keyHex = Convert.ToHexStringLower(key.Span),
        keyId = KeyId.Of(key.Span).ToString(),
        version = block?.Version.ToString(),
        length = block?.Length,
        checksum = block?.Checksum.ToString(),
        timeToLiveMilliseconds = block?.TimeToLive?.TotalMilliseconds,
        leases = block?.Leases,
    };

    private static Table ToTable(BlockKey key, BlockInfo block)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn("");
        table.AddRow("key id", KeyId.Of(key.Span).ToString());
        table.AddRow("version", block.Version.ToString());
        table.AddRow("length", $"{ByteSize.Format(block.Length)} ({Numbers.Count(block.Length)} bytes)");
        table.AddRow("checksum", $"XXH3 {block.Checksum}");
        table.AddRow("time to live", block.TimeToLive is { } rest ? string.Create(CultureInfo.InvariantCulture, $"{rest.TotalSeconds:0.###} s") : "until evicted");
        table.AddRow("leases", Numbers.Count(block.Leases));
        return table;
    }
}
