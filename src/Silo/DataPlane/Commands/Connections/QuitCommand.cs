using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Connections;

/// <summary><c>QUIT</c></summary>
internal sealed class QuitCommand : DataPlaneCommand
{
    public override string Name => "QUIT";

    public override int Arity => -1;

    public override string Syntax => "";

    public override string Summary => "Closes the connection after the reply.";

    public override string Group => "connection";

    public override bool NeedsNoAuthentication => true;

    public override ValueTask ExecuteAsync(Session session)
    {
        session.Output.WriteSimpleString("OK"u8);
        session.IsQuitting = true;
        return ValueTask.CompletedTask;
    }
}
