using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Wire.Commands;

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
        if (!CanonicalInteger.TryParse(session.Argument(1), out var index))
            session.Output.WriteError(CommandErrors.NotAnInteger);
        else if (index is < int.MinValue or > int.MaxValue)
            session.Output.WriteError($"ERR value is out of range, value must between {int.MinValue} and {int.MaxValue}");
        else if (index != 0)
            session.Output.WriteError("ERR DB index is out of range");
        else
            session.Output.WriteSimpleString("OK"u8);
        return ValueTask.CompletedTask;
    }
}
