using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Strings;

/// <summary><c>GET key</c></summary>
internal sealed class GetCommand : DataPlaneCommand
{
    public override string Name => "GET";

    public override int Arity => 2;

    public override string Syntax => "key";

    public override string Summary => "Returns the bytes of a block.";

    public override string Group => "string";

    public override bool IsQuick => true;

    public override (int First, int Last, int Step) Keys => (1, 1, 1);

    public override ValueTask ExecuteAsync(Session session) =>
        session.Services.Reads.ReplyAsync(session, session.Argument(1), ReadFraming.Value, default);
}
