using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Strings;

/// <summary><c>MGET key [key …]</c></summary>
internal sealed class MultiGetCommand : DataPlaneCommand
{
    public override string Name => "MGET";

    public override int Arity => -2;

    public override string Syntax => "key [key ...]";

    public override string Summary => "Returns the bytes of several blocks.";

    public override string Group => "string";

    public override (int First, int Last, int Step) Keys => (1, -1, 1);

    public override async ValueTask ExecuteAsync(Session session)
    {
        session.Output.WriteArrayHeader(session.ArgumentCount - 1);
        for (var i = 1; i < session.ArgumentCount; i++)
        {
            await GetCommand.ReplyAsync(session, session.Argument(i)).ConfigureAwait(false);
            await session.FlushWhenFullAsync().ConfigureAwait(false);
        }
    }
}
