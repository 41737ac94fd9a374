using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace KvOrleans.Cli.Commands;

/// <summary>The usual help, and below it the notes of a <see cref="DocumentedCommand"/>.</summary>
internal sealed class HelpWithNotes(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => help.ClearsParseErrors;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is DocumentedCommand command)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Notes:");
            foreach (var line in command.Notes.Split('\n'))
                output.WriteLine($"  {line.TrimEnd()}");
            output.WriteLine();
        }

        return code;
    }
}
