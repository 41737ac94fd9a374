using System.Text;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Commands.Server;

/// <summary><c>COMMAND [COUNT | LIST | INFO [name …] | DOCS [name …]]</c></summary>
internal sealed class CommandCommand(CommandTable table) : DataPlaneCommand
{
    public override string Name => "COMMAND";

    public override int Arity => -1;

    public override string Syntax => "[COUNT | LIST | INFO [name ...] | DOCS [name ...]]";

    public override string Summary => "Describes the commands.";

    public override string Group => "server";

    public override ValueTask ExecuteAsync(Session session)
    {
        var output = session.Output;
        if (session.ArgumentCount == 1)
            WriteInfo(output, table.All);
        else if (session.ArgumentCount > 2 && (Is(session, "COUNT") || Is(session, "LIST")))
            output.WriteError(CommandErrors.WrongCount(this, Is(session, "COUNT") ? "count" : "list"));
        else if (Is(session, "COUNT"))
            output.WriteInteger(table.All.Count);
        else if (Is(session, "LIST"))
            WriteNames(output);
        else if (Is(session, "INFO"))
            WriteInfo(output, session.ArgumentCount == 2 ? [.. table.All] : Named(session));
        else if (Is(session, "DOCS"))
            WriteDocs(output, session.ArgumentCount == 2 ? table.All : [.. Named(session).OfType<DataPlaneCommand>()]);
        else
            output.WriteError(CommandErrors.UnknownSubcommand(session, this));
        return ValueTask.CompletedTask;
    }

    private static bool Is(Session session, string subcommand) => Ascii.EqualsIgnoreCase(session.Argument(1), subcommand);

    private List<DataPlaneCommand?> Named(Session session)
    {
        var named = new List<DataPlaneCommand?>();
        for (var i = 2; i < session.ArgumentCount; i++)
            named.Add(table.Find(session.Argument(i)));
        return named;
    }

    private void WriteNames(RespOutput output)
    {
        output.WriteArrayHeader(table.All.Count);
        foreach (var command in table.All)
            output.WriteBulk(command.Name.ToLowerInvariant());
    }

    private static void WriteInfo(RespOutput output, IReadOnlyList<DataPlaneCommand?> commands)
    {
        output.WriteArrayHeader(commands.Count);
        foreach (var command in commands)
        {
            if (command is null)
            {
                output.WriteNull();
                continue;
            }

            output.WriteArrayHeader(6);
            output.WriteBulk(command.Name.ToLowerInvariant());
            output.WriteInteger(command.Arity);
            output.WriteArrayHeader(command.Flags.Count);
            foreach (var flag in command.Flags)
                output.WriteSimpleString(Encoding.ASCII.GetBytes(flag));
            output.WriteInteger(command.Keys.First);
            output.WriteInteger(command.Keys.Last);
            output.WriteInteger(command.Keys.Step);
        }
    }

    private static void WriteDocs(RespOutput output, IReadOnlyList<DataPlaneCommand> commands)
    {
        output.WriteMapHeader(commands.Count);
        foreach (var command in commands)
        {
            output.WriteBulk(command.Name.ToLowerInvariant());
            output.WriteMapHeader(4);
            output.WriteBulk("summary"u8);
            output.WriteBulk(command.Summary);
            output.WriteBulk("since"u8);
            output.WriteBulk(command.Group == "kv" ? ServerIdentity.Version : ServerIdentity.RedisVersion);
            output.WriteBulk("group"u8);
            output.WriteBulk(command.Group);
            output.WriteBulk("arguments"u8);
            WriteArguments(output, command.Syntax);
        }
    }

    /// <summary>The whole syntax as one argument's display text: enough for a person, which is whom it is for.</summary>
    private static void WriteArguments(RespOutput output, string syntax)
    {
        output.WriteArrayHeader(syntax.Length > 0 ? 1 : 0);
        if (syntax.Length == 0)
            return;
        output.WriteMapHeader(3);
        output.WriteBulk("name"u8);
        output.WriteBulk(syntax);
        output.WriteBulk("type"u8);
        output.WriteBulk("string"u8);
        output.WriteBulk("display_text"u8);
        output.WriteBulk(syntax);
    }
}
