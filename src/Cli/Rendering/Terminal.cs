using Spectre.Console;

namespace KvOrleans.Cli.Rendering;

/// <summary>Where results and messages go: results to standard output, messages and, with <c>--json</c>, progress to standard error.</summary>
internal sealed class Terminal
{
    private const int WidthWithoutTerminal = 160;

    public Terminal(TextWriter output, TextWriter error, bool outputIsLive = false, bool errorIsLive = false)
    {
        Output = output;
        Error = error;
        OutputConsole = Console(output, ref outputIsLive);
        ErrorConsole = Console(error, ref errorIsLive);
        OutputIsLive = outputIsLive;
        ErrorIsLive = errorIsLive;
    }

    /// <summary>Results.</summary>
    public TextWriter Output { get; }

    /// <summary>Messages.</summary>
    public TextWriter Error { get; }

    /// <summary>Tables on <see cref="Output"/>.</summary>
    public IAnsiConsole OutputConsole { get; }

    /// <summary>Tables on <see cref="Error"/>.</summary>
    public IAnsiConsole ErrorConsole { get; }

    /// <summary>Whether someone watches <see cref="Output"/>, on a terminal that can redraw.</summary>
    public bool OutputIsLive { get; }

    /// <summary>Whether someone watches <see cref="Error"/>, on a terminal that can redraw.</summary>
    public bool ErrorIsLive { get; }

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfThisProcess() =>
        new(System.Console.Out, System.Console.Error, !System.Console.IsOutputRedirected, !System.Console.IsErrorRedirected);

    private static IAnsiConsole Console(TextWriter writer, ref bool live)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = live ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = live ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!live)
            console.Profile.Width = WidthWithoutTerminal;
        live &= console.Profile.Capabilities is { Ansi: true, Interactive: true };
        return console;
    }
}
