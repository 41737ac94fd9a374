using System.CommandLine;
using System.Globalization;
using System.Net;
using KvOrleans.Cli.Connections;
using KvOrleans.Cli.Draining;
using KvOrleans.Cli.Rendering;
using KvOrleans.Client;
using KvOrleans.Client.Draining;
using KvOrleans.Client.Status;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Errors;

namespace KvOrleans.Cli.Commands;

/// <summary><c>kvo drain</c>: takes one silo out of the cluster.</summary>
internal sealed class DrainCommand(Terminal terminal, ICacheConnector connector, TimeProvider time)
{
    private const int DefaultTimeout = 120;
    private const int LongestTimeout = 2 * 3600;

    // One waits for the end of the drain, the other asks how far it is.
    private const int Connections = 2;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Argument<string> _silo = new("silo") { Description = "The silo's name, as kvo status shows it." };
    private readonly Option<bool> _last = new("--last") { Description = "Drain it although it is the last silo that serves: all blocks are lost." };
    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Return when the silo was told, and do not follow the drain." };
    private readonly Option<int> _timeout = CommonOptions.Count("--timeout", "How long to follow, in seconds. The drain goes on when it is over. Default: 120.", DefaultTimeout, 1, LongestTimeout);
    private readonly Option<IReadOnlyList<IPEndPoint>?> _connect = CommonOptions.Connect("Orleans gateways of the cluster. Default: 127.0.0.1:30000.");
    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>The command with its options.</summary>
    public Command Make()
    {
        var command = new DocumentedCommand(
            "drain",
            "Takes a silo out of the cluster: it gives its blocks away, leaves, and its process ends. Exit code 1 when it left something behind, or has not left in time.",
            """
            The silo does what it does on SIGTERM, within its Drain:Grace. A SIGTERM while it drains changes nothing, a second one cuts the drain short.
            On Kubernetes the kubelet starts the silo again at once, on the same machine: to empty a machine use kubectl drain, see docs/operations.md.
            """)
        {
            _silo, _last, _noWait, _timeout, _connect, _json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var client = connector.Connect(arguments.GetValue(_connect) ?? [], Connections, digests: false);
        await client.WaitUntilReadyAsync(Deadline, cancellationToken);
        var silo = Find(await client.GetMapAsync(Deadline, cancellationToken), arguments.GetRequiredValue(_silo));
        var isLast = await IsLastAsync(client, silo, cancellationToken);
        if (isLast && !arguments.GetValue(_last))
            throw new CacheException($"{silo.Name} is the last silo that serves: without it all blocks are lost. With --last it is drained all the same.");

        var json = arguments.GetValue(_json);
        if (arguments.GetValue(_noWait))
        {
            await client.DrainSiloAsync(silo.Life, wait: false, Deadline, cancellationToken);
            Tell(json, new(new(SiloDrainOutcome.Begun, 0, 0, 0), false, isLast, TimeSpan.Zero), silo, $"{silo.Name} was told to drain.");
            return ExitCode.Success;
        }

        var departure = new Departure(client, silo, isLast, TimeSpan.FromSeconds(arguments.GetValue(_timeout)), time);
        var report = await departure.FollowAsync(progress => (json ? terminal.Error : terminal.Output).WriteLine(Progress(progress)), cancellationToken);
        Tell(json, report, silo, Summary(silo.Name, report));
        if (!report.IsGood)
            await terminal.Error.WriteLineAsync($"kvo: {Trouble(silo.Name, report)}");
        return report.IsGood ? ExitCode.Success : ExitCode.Failure;
    }

    private static SiloDescriptor Find(ClusterMap map, string name) =>
        map.Silos.FirstOrDefault(silo => silo.Name == name)
        ?? throw new CacheException($"no silo is called '{name}'; there are: {string.Join(", ", map.Silos.Select(silo => silo.Name))}.");

    private static async Task<bool> IsLastAsync(IPrefixCache client, SiloDescriptor silo, CancellationToken cancellationToken)
    {
        var reports = await client.GetStatusAsync(Deadline, cancellationToken);
        return !reports.Any(report => report.Silo.Life != silo.Life && report.Reached && report.Number("draining") != 1);
    }

    private void Tell(bool json, DepartureReport report, SiloDescriptor silo, string text)
    {
        if (json)
            Rendering.Json.Write(terminal.Output, ToJson(silo, report));
        else
            terminal.Output.WriteLine(text);
    }

    private static object ToJson(SiloDescriptor silo, DepartureReport report) => new
    {
        silo = silo.Name,
        life = silo.Life.ToString(),
        outcome = report.Drain.Outcome switch
        {
            SiloDrainOutcome.Drained => "drained",
            SiloDrainOutcome.CutShort => "cutShort",
            SiloDrainOutcome.NotDrained => "notDrained",
            _ => "begun",
        },
        hasLeft = report.HasLeft,
        wasLast = report.IsLast,
        offeredBlocks = report.Drain.Offered,
        givenBlocks = report.Drain.Given,
        leftBlocks = report.Drain.Left,
        seconds = report.Took.TotalSeconds,
    };

    private static string Progress(SiloReport report) => report.Number("draining") == 1
        ? $"{report.Silo.Name}: {Numbers.Count((report.Number("drain_offered") - report.Number("drain_open") - report.Number("drain_lost")) ?? 0)} blocks given away, {Numbers.Count(report.Number("drain_left") ?? 0)} left"
        : $"{report.Silo.Name}: told to drain";

    private static string Summary(string name, DepartureReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name} {(report.HasLeft ? "has left" : "has not left")} after {report.Took.TotalSeconds:0.0} s: {Numbers.Count(report.Drain.Given)} blocks given away, {Numbers.Count(report.Drain.Left)} left behind");

    private static string Trouble(string name, DepartureReport report) => report switch
    {
        { HasLeft: false } => $"{name} has not left in time; what it began goes on. kvo status shows how far it is.",
        { Drain.Outcome: SiloDrainOutcome.Begun } => $"{name} is gone, and how its drain ended was not heard of.",
        { Drain.Outcome: SiloDrainOutcome.CutShort } => $"the drain of {name} was cut short, by Drain:Grace or by a signal: what it still had are misses now.",
        { Drain.Outcome: SiloDrainOutcome.NotDrained } => $"{name} stopped without a drain (Drain:Grace is 0, or its life was over): what it had are misses now.",
        _ => $"{Numbers.Count(report.Drain.Left)} blocks of {name} found no new place; they are misses now.",
    };
}
