using System.CommandLine;
using System.Globalization;
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
        var command = new Command("status", "Shows the silos of a cluster: memory, blocks, leases, evictions, hits and misses. Exit code 1 when a silo does not answer.")
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
        mapId = Number(report, "map_id"),
        memoryBytes = Number(report, "arena_bytes"),
        memoryHeldBytes = Number(report, "arena_bytes") - Number(report, "arena_free_bytes"),
        payloadBytes = Number(report, "payload_bytes"),
        stagedBytes = Number(report, "staged_bytes"),
        residentBytes = Number(report, "resident_bytes"),
        blocks = Number(report, "blocks"),
        leases = Number(report, "leases"),
        leasedBytes = Number(report, "leased_bytes"),
        evictions = Number(report, "evictions"),
        expirations = Number(report, "expirations"),
        hits = Number(report, "hits"),
        misses = Number(report, "misses"),
        writes = Number(report, "writes"),
        grainsAwake = Number(report, "grains_awake"),
        uptimeSeconds = Number(report, "uptime_seconds"),
    };

    private static Table ToTable(long mapId, IReadOnlyList<SiloReport> reports)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.Title = new($"{reports.Count} silo{(reports.Count == 1 ? "" : "s")}, cluster map {mapId}");
        foreach (var left in new[] { "silo", "zone", "life", "data plane" })
            table.AddColumn(left);
        foreach (var right in new[] { "map", "memory", "blocks", "leases", "evictions", "hits", "misses" })
            table.AddColumn(new TableColumn(right).RightAligned());

        foreach (var report in reports)
        {
            var silo = report.Silo;
            table.AddRow([.. new[]
            {
                silo.Name, silo.Zone.Length > 0 ? silo.Zone : "–", silo.Life.ToString(), silo.DataPlane.ToString(),
                Show(report, "map_id"), report.Reached ? Memory(report) : "does not answer", Show(report, "blocks"), Show(report, "leases"),
                Show(report, "evictions"), Show(report, "hits"), Show(report, "misses"),
            }.Select(text => new Text(text))]);
        }

        return table;
    }

    private static string Memory(SiloReport report) =>
        (Number(report, "arena_bytes"), Number(report, "arena_free_bytes")) is ({ } whole, { } free)
            ? $"{ByteSize.Format(whole - free)} of {ByteSize.Format(whole)}"
            : "–";

    private static string Show(SiloReport report, string name) => Number(report, name) is { } value ? Numbers.Count(value) : "–";

    private static long? Number(SiloReport report, string name) =>
        report.Values.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;
}
