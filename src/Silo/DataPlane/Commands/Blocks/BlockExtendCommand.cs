using System.Buffers.Text;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.EXTEND lease lease-ms</c></summary>
internal sealed class BlockExtendCommand : DataPlaneCommand
{
    public override string Name => "KV.EXTEND";

    public override int Arity => 3;

    public override string Syntax => "lease lease-ms";

    public override string Summary => "Gives a lease of this connection more time; answers the milliseconds that it lasts from now on, 0 when there is no such lease.";

    public override string Group => "kv";

    public override ValueTask ExecuteAsync(Session session)
    {
        if (!Utf8Parser.TryParse(session.Argument(1), out long lease, out var used) || used != session.Argument(1).Length)
            return session.RefuseAsync("ERR invalid lease: accepted are whole numbers");
        if (!Utf8Parser.TryParse(session.Argument(2), out uint milliseconds, out used) || used != session.Argument(2).Length)
            return session.RefuseAsync("ERR invalid lease-ms: accepted are milliseconds up to 4294967295");
        session.Output.WriteInteger((long)session.Store.Extend(session.Id, lease, TimeSpan.FromMilliseconds(milliseconds)).TotalMilliseconds);
        return ValueTask.CompletedTask;
    }
}
