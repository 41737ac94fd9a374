using System.CommandLine;

namespace KvOrleans.Cli.Commands;

/// <summary>A command with one line for the list of commands, and notes for its own help.</summary>
internal sealed class DocumentedCommand(string name, string description, string notes) : Command(name, description)
{
    /// <summary>What its own help says below the options.</summary>
    public string Notes { get; } = notes;
}
