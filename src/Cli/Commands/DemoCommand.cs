using System.CommandLine;
using KvOrleans.Cli.Connections;
using KvOrleans.Cli.Incidents;
using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Replay;
using KvOrleans.Cli.Silos;
using KvOrleans.Cli.Sizes;
using KvOrleans.Cli.Workloads;

namespace KvOrleans.Cli.Commands;

/// <summary><c>kvo demo</c>: three silos, a built-in workload, one silo killed half-way.</summary>
internal sealed class DemoCommand(Terminal terminal, ICacheConnector connector, TimeProvider time)
{
    private const int Seed = 20260;
    private const int BlockBytes = 128 << 10;
    private const int Nodes = 2;
    private const int WritesInFlight = 2;
    private const int Silos = 3;
    private const long MemoryBytes = 1L << 29;
    private const long MachineBytesPerSiloByte = 12;
    private const double DefaultSeconds = 12;

    /// <summary>Not the first: that one holds the membership.</summary>
    private const int Victim = 1;

    private static readonly TimeSpan KillAt = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(1);

    private readonly Option<int?> _requests = CommonOptions.OptionalCount("--requests", "End after N requests, however long they take (unless --duration says so too).", 1, int.MaxValue);

    private readonly Option<double?> _duration = CommonOptions.PositiveNumber("--duration", "seconds", "Replay for so many seconds. Default: 12.");

    /// <summary>The command with its options.</summary>
    public Command Make()
    {
        var command = new DocumentedCommand(
            "demo",
            "Shows the cache at work for twelve seconds: three silos, chats of several turns, and a silo that is killed. Needs nothing but the .NET SDK.",
            """
            Starts three silos as processes of their own on free loopback ports and replays chats over one shared system prompt: every turn repeats the
            chat so far, so most of it need not be computed again. After four seconds one silo is killed (not the one that holds the membership): the
            replay goes on, and the copies that were lost are made again. Every byte read is verified. Ends by itself and leaves nothing behind.
            Exit code 0 when every byte was right and no call failed, 1 when not.
            """)
        {
            _requests, _duration,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var requests = arguments.GetValue(_requests);
        var seconds = arguments.GetValue(_duration) ?? (requests is null ? DefaultSeconds : (double?)null);
        IWorkload workload = new ConversationWorkload(() => new Random(Seed), new());
        if (requests is { } count)
            workload = new FirstRequests(workload, count);

        var options = new ReplayOptions
        {
            BlockBytes = BlockBytes,
            Fingerprint = "demo",
            WritesInFlight = WritesInFlight,
            Duration = seconds is { } limit ? TimeSpan.FromSeconds(Math.Min(limit, TimeSpan.MaxValue.TotalSeconds / 2)) : null,
        };
        var memory = Math.Min(MemoryBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MachineBytesPerSiloByte);
        IReplayDisplay display = terminal.OutputIsLive
            ? new LiveReplayDisplay(terminal.OutputConsole, time)
            : new PlainReplayDisplay(terminal.Output, PlainInterval, time);

        var report = await new ReplaySession(connector, display, time).RunAsync(Plan(workload, options, memory), cancellationToken);
        terminal.OutputConsole.Write(ReplayReportTable.Of(report));
        terminal.Output.WriteLine(Summary(report));
        return report.Succeeded ? ExitCode.Success : report.Complete ? ExitCode.Failure : ExitCode.Stopped;
    }

    private static ReplayPlan Plan(IWorkload workload, ReplayOptions options, long memory) => new(workload, options, Nodes, Silos, memory, Gateways: null)
    {
        Incidents = [new(IncidentKind.Kill, LocalCluster.NameOf(Victim), KillAt)],
    };

    private static string Summary(ReplayReport report)
    {
        var verdict = report switch
        {
            { FailedCalls: > 0 } or { WrongBytes: > 0 } => $"NOT WELL: {Numbers.Count(report.FailedCalls)} calls failed, {Numbers.Count(report.WrongBytes)} bytes were wrong.",
            _ => $"All {ByteSize.Format(report.BytesRead)} that were read are right, and no call failed.",
        };
        return $"""
            {(report.Complete ? "" : "Stopped early. ")}{Numbers.Count(report.PrefillTokensSaved)} of {Numbers.Count(report.InputTokens)} prompt tokens ({report.TokenHitRatio:P0}) came out of the cache and need not be computed again.
            {verdict} The silos have ended.

            Next:
              kvo replay --trace FILE                              real traffic: JSON lines with timestamp, input_length, hash_ids
              kvo replay --trace FILE --silos 3 --kill silo-1@20   the same over three silos, one of which is killed
              dotnet run -c Release --project src/Silo             a silo that stays; then: kvo status
              kvo --help                                           everything else
            (kvo is: dotnet run -c Release --project src/Cli --)
            """;
    }
}
