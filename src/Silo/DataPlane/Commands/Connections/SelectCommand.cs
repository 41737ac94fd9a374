using System.Buffers.Text;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Connections;

/// <summary><c>SELECT 0</c>: there is one database.</summary>
internal sealed class SelectCommand : DataPlaneCommand
{
    public override string Name => "SELECT";

    public override int Arity => 2;

    public override string Syntax => "index";

    public override string Summary => "Chooses database 0, the only one.";

    public override string Group => "connection";

    public override ValueTask ExecuteAsync(Session session)
    {
        var text = session.Argument(1);
        if (!Utf8Parser.TryParse(text, out long index, out var used) || used != text.Length)
            session.Output.WriteError(CommandErrors.NotAnInteger);
        else if (index != 0)
            session.Output.WriteError("ERR DB index is out of range");
        else
            session.Output.WriteSimpleString("OK"u8);
        return ValueTask.CompletedTask;
    }
}
