using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using KvOrleans.Cli.Connections;
using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Silos;
using KvOrleans.Cli.Traces;
using KvOrleans.Contracts.Errors;

namespace KvOrleans.Cli.Commands;

/// <summary>The whole of <c>kvo</c>: parses, runs, and turns what goes wrong into a message and an exit code.</summary>
internal sealed class KvoApplication(Terminal terminal, ICacheConnector connector, TimeProvider time)
{
    /// <summary>Enough for silos to be asked to end, and ended when they do not.</summary>
    private static readonly TimeSpan CleanUp = TimeSpan.FromSeconds(15);

    /// <summary>Runs one command line.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        var parsed = Root().Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
            return Refuse(parsed);

        var configuration = new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = CleanUp,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync("Stopped.");
            return ExitCode.Stopped;
        }
        catch (Exception error) when (error is TraceException or SiloException or CacheException)
        {
            await terminal.Error.WriteLineAsync($"kvo: {error.Message}");
            return ExitCode.Failure;
        }
        catch (Exception error)
        {
            await terminal.Error.WriteLineAsync($"kvo: this should not happen: {error}");
            return ExitCode.Failure;
        }
    }

    /// <summary>Says what is wrong and where the help is; standard output stays empty for whoever reads results there.</summary>
    private int Refuse(ParseResult parsed)
    {
        foreach (var error in parsed.Errors)
            terminal.Error.WriteLine($"kvo: {error.Message}");
        var path = parsed.CommandResult.Command is RootCommand ? "kvo" : $"kvo {parsed.CommandResult.Command.Name}";
        terminal.Error.WriteLine($"See: {path} --help");
        return ExitCode.Usage;
    }

    private RootCommand Root()
    {
        var root = new RootCommand("KvOrleans: a replicated prefix cache for LLM serving. Start with: kvo demo")
        {
            new DemoCommand(terminal, connector, time).Make(),
            new ReplayCommand(terminal, connector, time).Make(),
            new StatusCommand(terminal, connector).Make(),
            new ConfigCommand(terminal, connector).Make(),
            new DrainCommand(terminal, connector, time).Make(),
            new TopCommand(terminal, connector, time).Make(),
            new InspectCommand(terminal, connector).Make(),
            new ExplainCommand(terminal, connector).Make(),
        };
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            if (help.Action is HelpAction usual)
                help.Action = new HelpWithNotes(usual);
        }

        return root;
    }
}
