using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.GET key [VERSION version]</c></summary>
internal sealed class BlockGetCommand : DataPlaneCommand
{
    public override string Name => "KV.GET";

    public override int Arity => -2;

    public override string Syntax => "key [VERSION version]";

    public override string Summary => "Returns a block's version, checksum and bytes; with VERSION, only that content.";

    public override string Group => "kv";

    public override (int First, int Last, int Step) Keys => (1, 1, 1);

    public override ValueTask ExecuteAsync(Session session)
    {
        BlockVersion wanted = default;
        if (session.ArgumentCount > 2
            && (session.ArgumentCount != 4 || !Ascii.EqualsIgnoreCase(session.Argument(2), "VERSION"u8)
                || !BlockVersion.TryParse(session.Argument(3), out wanted)))
        {
            session.Output.WriteError(CommandErrors.Syntax);
            return ValueTask.CompletedTask;
        }

        return session.Services.Reads.ReplyAsync(session, session.Argument(1), ReadFraming.Identified, wanted);
    }
}
