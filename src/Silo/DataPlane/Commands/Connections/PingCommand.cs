using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Connections;

/// <summary><c>PING [message]</c></summary>
internal sealed class PingCommand : DataPlaneCommand
{
    public override string Name => "PING";

    public override int Arity => -1;

    public override string Syntax => "[message]";

    public override string Summary => "Answers PONG, or the message.";

    public override string Group => "connection";

    public override bool IsQuick => true;

    public override ValueTask ExecuteAsync(Session session)
    {
        if (session.ArgumentCount > 2)
            session.Output.WriteError("ERR wrong number of arguments for 'ping' command");
        else if (session.ArgumentCount == 2)
            session.Output.WriteBulk(session.Argument(1));
        else
            session.Output.WriteSimpleString("PONG"u8);
        return ValueTask.CompletedTask;
    }
}
