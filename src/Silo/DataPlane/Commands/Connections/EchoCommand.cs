using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Connections;

/// <summary><c>ECHO message</c></summary>
internal sealed class EchoCommand : DataPlaneCommand
{
    public override string Name => "ECHO";

    public override int Arity => 2;

    public override string Syntax => "message";

    public override string Summary => "Answers the message.";

    public override string Group => "connection";

    public override ValueTask ExecuteAsync(Session session)
    {
        session.Output.WriteBulk(session.Argument(1));
        return ValueTask.CompletedTask;
    }
}
