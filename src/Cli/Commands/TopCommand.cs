using System.CommandLine;
using System.Net;
using KvOrleans.Cli.Connections;
using KvOrleans.Cli.Heat;
using KvOrleans.Cli.Rendering;
using KvOrleans.Client;
using Spectre.Console;

namespace KvOrleans.Cli.Commands;

/// <summary><c>kvo top</c>: the hottest blocks, and who holds them.</summary>
internal sealed class TopCommand(Terminal terminal, ICacheConnector connector, TimeProvider time)
{
    private const int DefaultRows = 20;
    private const int MostRows = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly long _began = time.GetTimestamp();
    private readonly Option<bool> _once = new("--once") { Description = "Show them once, and end." };
    private readonly Option<int> _rows = CommonOptions.Count("--rows", "Blocks to show, the hottest first.", DefaultRows, 1, MostRows);
    private readonly Option<IReadOnlyList<IPEndPoint>?> _connect = CommonOptions.Connect("Orleans gateways of the cluster. Default: 127.0.0.1:30000.");
    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON object for each look on standard output and nothing else there: with --once one, else one a line each second.",
    };

    /// <summary>The command with its options.</summary>
    public Command Make()
    {
        var command = new DocumentedCommand(
            "top",
            "Shows the hottest blocks of a cluster each second: what is read of them, and which silos hold them. Exit code 1 with --once when a silo does not answer.",
            """
            A block is here when its owner calls it hot and more than one silo holds it. MB/s is what is read of it on all silos; the share is of all bytes that all silos send.
            On a terminal the table is redrawn; elsewhere there are plain lines. Ctrl-C ends it.
            """)
        {
            _once, _rows, _connect, _json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var client = connector.Connect(arguments.GetValue(_connect) ?? [], connectionsPerSilo: 1, digests: false);
        await client.WaitUntilReadyAsync(ReadyDeadline, cancellationToken);
        var (rows, json) = (arguments.GetValue(_rows), arguments.GetValue(_json));
        if (arguments.GetValue(_once))
            return await ShowOnceAsync(client, rows, json, cancellationToken);
        if (terminal.OutputIsLive && !json)
            await terminal.OutputConsole.Live(new Text("…")).StartAsync(live => FollowAsync(client, rows, top => Draw(live, top), cancellationToken));
        else
            await FollowAsync(client, rows, top => Print(top, json), cancellationToken);
        return ExitCode.Success;
    }

    private static void Draw(LiveDisplayContext live, HotTop top)
    {
        live.UpdateTarget(HotTopText.Table(top));
        live.Refresh();
    }

    private static async Task<HotTop> LookAsync(IPrefixCache client, int rows, CancellationToken cancellationToken) =>
        HotTop.Of(await client.GetHotBlocksAsync(Deadline, cancellationToken), rows);

    private async Task<int> ShowOnceAsync(IPrefixCache client, int rows, bool json, CancellationToken cancellationToken)
    {
        var top = await LookAsync(client, rows, cancellationToken);
        if (json)
            Rendering.Json.Write(terminal.Output, HotTopText.Json(top, time.GetElapsedTime(_began)));
        else
            terminal.OutputConsole.Write(HotTopText.Table(top));
        Complain(top);
        return top.Failures.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private async Task FollowAsync(IPrefixCache client, int rows, Action<HotTop> show, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
            show(await LookAsync(client, rows, cancellationToken));
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private void Print(HotTop top, bool json)
    {
        if (json)
        {
            Rendering.Json.WriteLine(terminal.Output, HotTopText.Json(top, time.GetElapsedTime(_began)));
            return;
        }

        foreach (var line in HotTopText.Lines(top))
            terminal.Output.WriteLine(line);
        Complain(top);
    }

    private void Complain(HotTop top)
    {
        foreach (var failure in top.Failures)
            terminal.Error.WriteLine($"kvo: {failure}.");
    }
}
