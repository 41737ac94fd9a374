using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Keys;

/// <summary><c>EXISTS key [key …]</c></summary>
internal sealed class ExistsCommand : DataPlaneCommand
{
    public override string Name => "EXISTS";

    public override int Arity => -2;

    public override string Syntax => "key [key ...]";

    public override string Summary => "Counts which of the blocks are here; one named twice counts twice.";

    public override string Group => "generic";

    public override (int First, int Last, int Step) Keys => (1, -1, 1);

    public override ValueTask ExecuteAsync(Session session)
    {
        var count = 0;
        for (var i = 1; i < session.ArgumentCount; i++)
            count += session.Store.TryGetInfo(session.Argument(i), out _) ? 1 : 0;
        session.Output.WriteInteger(count);
        return ValueTask.CompletedTask;
    }
}
