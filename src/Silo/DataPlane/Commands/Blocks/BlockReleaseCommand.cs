using System.Buffers.Text;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.RELEASE lease [from]</c></summary>
internal sealed class BlockReleaseCommand : DataPlaneCommand
{
    public override string Name => "KV.RELEASE";

    public override int Arity => -2;

    public override string Syntax => "lease [from]";

    public override string Summary => "Ends a lease of this connection, or its tail from a position of the match on; counts what was released.";

    public override string Group => "kv";

    public override ValueTask ExecuteAsync(Session session)
    {
        var from = 0;
        if (session.ArgumentCount > 3 || !TryRead(session.Argument(1), out long lease)
            || (session.ArgumentCount == 3 && !(TryRead(session.Argument(2), out var position) && (from = (int)Math.Min(position, int.MaxValue)) >= 0)))
        {
            session.Output.WriteError("ERR invalid lease or position: accepted are whole numbers, the position 0 or more");
        }
        else
        {
            session.Output.WriteInteger(session.Store.Release(session.Id, lease, from));
        }

        return ValueTask.CompletedTask;
    }

    private static bool TryRead(ReadOnlySpan<byte> text, out long number) =>
        Utf8Parser.TryParse(text, out number, out var used) && used == text.Length;
}
