using System.CommandLine;
using System.Net;
using KvOrleans.Cli.Connections;
using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Settings;
using KvOrleans.Client.Status;
using KvOrleans.Contracts.Errors;
using Spectre.Console;

namespace KvOrleans.Cli.Commands;

/// <summary><c>kvo config</c>: the options of the silos as they are in force, and where silos differ.</summary>
internal sealed class ConfigCommand(Terminal terminal, ICacheConnector connector)
{
    private const string Nothing = "–";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Argument<string?> _silo = new("silo")
    {
        Description = "A silo's name, as kvo status shows it: all of its options, beside the others'. Without it: the options of all silos.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _all = new("--all") { Description = "Show every option, not only those in which silos differ or that are not at their default." };
    private readonly Option<IReadOnlyList<IPEndPoint>?> _connect = CommonOptions.Connect("Orleans gateways of the cluster. Default: 127.0.0.1:30000.");
    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>The command with its options.</summary>
    public Command Make()
    {
        var command = new DocumentedCommand(
            "config",
            "Shows the options of the silos as they are in force: those in which silos differ, and those that are not at their default. Exit code 1 when a silo does not answer.",
            """
            Of passwords and connection strings it shows whether they are set, and nothing else: two silos with different ones look the same.
            Options that each silo has for itself, such as names, addresses and ports, may differ; all others marked DIFFERS should be looked at.
            """)
        {
            _silo, _all, _connect, _json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var client = connector.Connect(arguments.GetValue(_connect) ?? [], connectionsPerSilo: 1, digests: false);
        await client.WaitUntilReadyAsync(Deadline, cancellationToken);
        await client.GetMapAsync(Deadline, cancellationToken);
        var silos = await client.GetOptionsAsync(Deadline, cancellationToken);
        var one = arguments.GetValue(_silo);
        if (one is not null && silos.All(silo => silo.Silo.Name != one))
            throw new CacheException($"no silo is called '{one}'; there are: {string.Join(", ", silos.Select(silo => silo.Silo.Name))}.");

        var rows = OptionComparison.Of(silos).Where(row => one is null
            ? arguments.GetValue(_all) || row.IsNotable
            : row.Values.Any(value => value.Silos.Contains(one))).ToList();
        if (arguments.GetValue(_json))
            Rendering.Json.Write(terminal.Output, ToJson(silos, rows));
        else
            terminal.OutputConsole.Write(ToTable(silos, rows, one));
        foreach (var silent in silos.Where(silo => !silo.Reached))
            await terminal.Error.WriteLineAsync($"kvo: {silent.Silo.Name} {silent.Failure}.");
        return silos.All(silo => silo.Reached) ? ExitCode.Success : ExitCode.Failure;
    }

    private static object ToJson(IReadOnlyList<SiloOptionsReport> silos, IEnumerable<OptionRow> rows) => new
    {
        silos = silos.Select(silo => new { name = silo.Silo.Name, reached = silo.Reached }),
        options = rows.Select(row => new
        {
            name = row.Name,
            secret = row.IsSecret,
            own = row.IsOwn,
            differs = row.Differs,
            values = row.Values.Select(value => new { value = value.Value, isDefault = value.IsDefault, silos = value.Silos }),
        }),
    };

    /// <summary>A line for each value of each option.</summary>
    private static Table ToTable(IReadOnlyList<SiloOptionsReport> silos, List<OptionRow> rows, string? one)
    {
        var table = new Table().Border(TableBorder.Rounded);
        var differing = rows.Count(row => row.Differs);
        table.Title = new($"{silos.Count} silo{(silos.Count == 1 ? "" : "s")}, {(differing == 0 ? "no option differs" : $"{differing} option{(differing == 1 ? " differs" : "s differ")}")} that should not");
        foreach (var column in new[] { "option", "value", "default", "silos", "" })
            table.AddColumn(column);
        var everybody = silos.Count(silo => silo.Reached);
        foreach (var row in rows)
        {
            var isFirst = true;
            foreach (var value in row.Values.OrderByDescending(value => one is not null && value.Silos.Contains(one)))
            {
                table.AddRow([.. new[]
                {
                    isFirst ? row.Name : "", Shown(value), value.IsDefault ? "default" : "", everybody > 1 && value.Silos.Count == everybody ? "all" : string.Join(", ", value.Silos),
                    isFirst && row.Differs ? "DIFFERS" : "",
                }.Select(text => new Text(text))]);
                isFirst = false;
            }
        }

        return table;
    }

    private static string Shown(OptionValue value) => value.Value switch
    {
        null => "not known",
        "" => Nothing,
        var text => text,
    };
}
