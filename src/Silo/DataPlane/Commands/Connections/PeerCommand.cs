using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Connections;

/// <summary><c>KV.PEER name</c></summary>
internal sealed class PeerCommand : DataPlaneCommand
{
    private const int LongestName = 256;

    public override string Name => "KV.PEER";

    public override int Arity => 2;

    public override string Syntax => "name";

    public override string Summary => "Says that a silo is at the other end: its commands are never sent on to another.";

    public override string Group => "kv";

    public override ValueTask ExecuteAsync(Session session)
    {
        var name = session.Argument(1);
        if (name.Length is 0 or > LongestName * 4)
        {
            session.Output.WriteError("ERR invalid name: accepted are 1 to 256 characters");
            return ValueTask.CompletedTask;
        }

        session.IsPeer = true;
        if (ClientNames.TryRead(name, out var shown))
            session.Name = shown;
        session.Output.WriteSimpleString("OK"u8);
        return ValueTask.CompletedTask;
    }
}
