using KvOrleans.Silo.DataPlane.Commands.Keys;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Strings;

/// <summary><c>STRLEN key</c></summary>
internal sealed class StringLengthCommand : DataPlaneCommand
{
    public override string Name => "STRLEN";

    public override int Arity => 2;

    public override string Syntax => "key";

    public override string Summary => "Returns the length of a block in bytes, 0 when it is absent.";

    public override string Group => "string";

    public override (int First, int Last, int Step) Keys => (1, 1, 1);

    public override ValueTask ExecuteAsync(Session session) =>
        KeyQuery.ReplyAsync(session, Name, static info => info?.Length ?? 0);
}
