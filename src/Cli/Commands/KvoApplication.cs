using System.CommandLine;
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
        var configuration = new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = CleanUp,
        };
        try
        {
            var code = await parsed.InvokeAsync(configuration, cancellationToken);
            return parsed.Errors.Count > 0 ? ExitCode.Usage : code;
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
    }

    private RootCommand Root() => new("KvOrleans: a replicated prefix cache for LLM serving. Start with: kvo demo")
    {
        new DemoCommand(terminal, connector, time).Make(),
        new ReplayCommand(terminal, connector, time).Make(),
        new StatusCommand(terminal, connector).Make(),
        new InspectCommand(terminal, connector).Make(),
    };
}
