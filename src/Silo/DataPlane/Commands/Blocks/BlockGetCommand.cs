using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.GET key [VERSION version [RANGE offset length]]</c></summary>
internal sealed class BlockGetCommand : DataPlaneCommand
{
    public override string Name => "KV.GET";

    public override int Arity => -2;

    public override string Syntax => "key [VERSION version [RANGE offset length]]";

    public override string Summary => "Returns a block's version, checksum and bytes; with VERSION, only that content; with RANGE, a part of it and the part's checksum.";

    public override string Group => "kv";

    public override bool IsQuick => true;

    public override (int First, int Last, int Step) Keys => (1, 1, 1);

    public override ValueTask ExecuteAsync(Session session)
    {
        BlockVersion wanted = default;
        if (session.ArgumentCount is not (2 or 4 or 7)
            || (session.ArgumentCount > 2 && !(Ascii.EqualsIgnoreCase(session.Argument(2), "VERSION"u8) && BlockVersion.TryParse(session.Argument(3), out wanted)))
            || (session.ArgumentCount > 4 && !Ascii.EqualsIgnoreCase(session.Argument(4), "RANGE"u8)))
        {
            return session.RefuseAsync(CommandErrors.Syntax);
        }

        if (session.ArgumentCount < 7)
            return session.Services.Reads.ReplyAsync(session, session.Argument(1), ReadFraming.Identified, wanted);
        return BlockRange.TryParse(session.Argument(5), session.Argument(6), out var range)
            ? session.Services.Reads.ReplyAsync(session, session.Argument(1), ReadFraming.Part(range), wanted)
            : session.RefuseAsync($"ERR invalid range: accepted are an offset and a length, 0 to {int.MaxValue}");
    }
}
