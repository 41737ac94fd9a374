using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Server;

/// <summary><c>DBSIZE</c></summary>
internal sealed class DatabaseSizeCommand : DataPlaneCommand
{
    public override string Name => "DBSIZE";

    public override int Arity => 1;

    public override string Syntax => "";

    public override string Summary => "Counts the blocks of this silo.";

    public override string Group => "server";

    public override ValueTask ExecuteAsync(Session session)
    {
        session.Output.WriteInteger(session.Store.GetStatistics().Blocks);
        return ValueTask.CompletedTask;
    }
}
