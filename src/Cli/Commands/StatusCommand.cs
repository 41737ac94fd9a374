using System.CommandLine;
using System.Net;
using KvOrleans.Cli.Connections;
using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Sizes;
using KvOrleans.Client.Status;
using Spectre.Console;

namespace KvOrleans.Cli.Commands;

/// <summary><c>kvo status</c>: what each silo says of itself.</summary>
internal sealed class StatusCommand(Terminal terminal, ICacheConnector connector)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Option<IReadOnlyList<IPEndPoint>?> _connect = CommonOptions.Connect("Orleans gateways of the cluster. Default: 127.0.0.1:30000.");
    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>The command with its options.</summary>
    public Command Make()
    {
        var command = new Command("status", "Shows the silos of a cluster: memory, blocks and copies, what repair and handoff have left to do, leases, evictions, hits and misses. Exit code 1 when a silo does not answer.")
        {
            _connect, _json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var client = connector.Connect(arguments.GetValue(_connect) ?? [], connectionsPerSilo: 1);
        await client.WaitUntilReadyAsync(Deadline, cancellationToken);
        var map = await client.GetMapAsync(Deadline, cancellationToken);
        var reports = await client.GetStatusAsync(Deadline, cancellationToken);

        if (arguments.GetValue(_json))
            Rendering.Json.Write(terminal.Output, new { mapId = map.Id, silos = reports.Select(ToJson) });
        else
            terminal.OutputConsole.Write(ToTable(map.Id, reports));
        return reports.All(report => report.Reached) ? ExitCode.Success : ExitCode.Failure;
    }

    private static object ToJson(SiloReport report) => new
    {
        name = report.Silo.Name,
        zone = report.Silo.Zone,
        weight = report.Silo.Weight,
        life = report.Silo.Life.ToString(),
        dataPlane = report.Silo.DataPlane.ToString(),
        reached = report.Reached,
        mapId = report.Number("map_id"),
        memoryBytes = report.Number("arena_bytes"),
        memoryHeldBytes = report.Number("arena_bytes") - report.Number("arena_free_bytes"),
        payloadBytes = report.Number("payload_bytes"),
        stagedBytes = report.Number("staged_bytes"),
        residentBytes = report.Number("resident_bytes"),
        blocks = report.Number("blocks"),
        copyBlocks = report.Number("copy_blocks"),
        copyBytes = report.Number("copy_bytes"),
        repairPendingBlocks = report.Number("repair_pending_blocks"),
        handoffsPending = report.Number("handoff_pending"),
        copiedBytes = report.Number("copied_bytes"),
        draining = report.Number("draining") == 1,
        drainLeftBlocks = report.Number("draining") == 1 ? report.Number("drain_left") : 0,
        tombstones = report.Number("tombstones"),
        leases = report.Number("leases"),
        leasedBytes = report.Number("leased_bytes"),
        evictions = report.Number("evictions"),
        expirations = report.Number("expirations"),
        hits = report.Number("hits"),
        misses = report.Number("misses"),
        writes = report.Number("writes"),
        grainsAwake = report.Number("grains_awake"),
        uptimeSeconds = report.Number("uptime_seconds"),
    };

    private static Table ToTable(long mapId, IReadOnlyList<SiloReport> reports)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.Title = new(Title(mapId, reports));
        foreach (var left in new[] { "silo", "zone", "life", "data plane" })
            table.AddColumn(left);
        foreach (var right in new[] { "map", "memory", "blocks", "copies", "repair", "handoff", "leases", "evictions", "hits", "misses" })
            table.AddColumn(new TableColumn(right).RightAligned());

        foreach (var report in reports)
        {
            var silo = report.Silo;
            table.AddRow([.. new[]
            {
                silo.Name, silo.Zone.Length > 0 ? silo.Zone : "–", silo.Life.ToString(), silo.DataPlane.ToString(),
                Show(report, "map_id"), report.Reached ? Memory(report) : "does not answer", Show(report, "blocks"), Show(report, "copy_blocks"),
                Left(report, "repair_pending_blocks"), Left(report, "handoff_pending"), Show(report, "leases"),
                Show(report, "evictions"), Show(report, "hits"), Show(report, "misses"),
            }.Select(text => new Text(text))]);
        }

        return table;
    }

    private static string Title(long mapId, IReadOnlyList<SiloReport> reports)
    {
        var zones = reports.Select(report => report.Silo.Zone).Where(zone => zone.Length > 0).Distinct().Count();
        var draining = reports.Count(report => report.Number("draining") == 1);
        return $"{reports.Count} silo{(reports.Count == 1 ? "" : "s")}{(zones > 0 ? $" in {zones} zone{(zones == 1 ? "" : "s")}" : "")}, cluster map {mapId}"
            + (draining > 0 ? $", {draining} draining" : "");
    }

    /// <summary>What is left to do of something.</summary>
    private static string Left(SiloReport report, string name) => report.Number(name) switch
    {
        null => "–",
        0 => "done",
        { } left => $"{Numbers.Count(left)} left",
    };

    private static string Memory(SiloReport report) =>
        (report.Number("arena_bytes"), report.Number("arena_free_bytes")) is ({ } whole, { } free)
            ? $"{ByteSize.Format(whole - free)} of {ByteSize.Format(whole)}"
            : "–";

    private static string Show(SiloReport report, string name) => report.Number(name) is { } value ? Numbers.Count(value) : "–";
}
