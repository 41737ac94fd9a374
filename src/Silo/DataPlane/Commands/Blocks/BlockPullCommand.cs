using System.Globalization;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.PULL key [version]</c>: what this silo itself holds of a write-once block, for another silo.</summary>
internal sealed class BlockPullCommand : DataPlaneCommand
{
    private const long Immortal = -1;

    public override string Name => "KV.PULL";

    public override int Arity => -2;

    public override string Syntax => "key [version]";

    public override string Summary => "Returns version, checksum, time to live in milliseconds and bytes of a block that this silo holds, for another silo.";

    public override string Group => "kv";

    public override (int First, int Last, int Step) Keys => (1, 1, 1);

    public override ValueTask ExecuteAsync(Session session)
    {
        BlockVersion wanted = default;
        if (session.ArgumentCount > 3 || (session.ArgumentCount == 3 && !BlockVersion.TryParse(session.Argument(2), out wanted)))
            return session.RefuseAsync(CommandErrors.Syntax);
        if (!session.IsPeer)
            return session.RefuseAsync("ERR KV.PULL is for silos; begin with KV.PEER");

        var key = session.Argument(1);
        if (!session.Store.TryOpen(key, out var block, countsAsUse: false))
        {
            session.Output.WriteNullArray();
            return ValueTask.CompletedTask;
        }

        // Asked behind the store, as for every read.
        if (!session.Services.Router.MayPull(key) || (!wanted.IsNone && block.Version != wanted))
        {
            block.Dispose();
            session.Output.WriteNullArray();
            return ValueTask.CompletedTask;
        }

        session.Services.Counters.Pulled(block.Length);
        var parent = session.Store.ParentOf(key, block.Version);
        ReadReply.WriteIdentity(session.Output, parent == 0 ? 4 : 5, block.Version, block.Checksum);
        session.Output.WriteInteger(block.TimeToLive is { } left ? (long)left.TotalMilliseconds : Immortal);
        if (parent != 0)
            session.Output.WriteSimpleString(Encoding.ASCII.GetBytes(parent.ToString("x32", CultureInfo.InvariantCulture)));
        return ReadReply.SendPayloadAsync(session, block);
    }
}
