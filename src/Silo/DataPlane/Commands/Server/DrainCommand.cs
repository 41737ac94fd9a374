using System.Text;
using KvOrleans.Grains.Replication;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Silo.Draining;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Commands.Server;

/// <summary><c>KV.DRAIN [WAIT]</c>: begins what SIGTERM begins; with <c>WAIT</c> the reply comes when the drain is over.</summary>
internal sealed class DrainCommand : DataPlaneCommand
{
    private const int ReplyLength = 4;

    public override string Name => "KV.DRAIN";

    public override int Arity => -1;

    public override string Syntax => "[WAIT]";

    public override string Summary => "Takes this silo out of service: it gives its blocks away, leaves the cluster, and its process ends.";

    public override string Group => "kv";

    public override IReadOnlyList<string> Flags => ["admin"];

    public override ValueTask ExecuteAsync(Session session)
    {
        if (session.IsPeer)
            return session.RefuseAsync("ERR KV.DRAIN is for operators, not for silos");
        var isWaiting = session.ArgumentCount == 2 && Ascii.EqualsIgnoreCase(session.Argument(1), "WAIT"u8);
        if (!isWaiting && session.ArgumentCount > 1)
            return session.RefuseAsync(CommandErrors.Syntax);
        var drain = session.Services.Drain;
        drain.Begin();
        if (isWaiting)
            return WaitAsync(session, drain);
        session.Output.WriteSimpleString("OK"u8);
        return ValueTask.CompletedTask;
    }

    /// <summary>The drain is bounded in time, and the data plane lets commands under way finish before it closes.</summary>
    private static async ValueTask WaitAsync(Session session, DrainControl drain)
    {
        session.MarkServing();
        await drain.Over.ConfigureAwait(false);
        Write(session.Output, drain.State);
    }

    private static void Write(RespOutput output, DrainState state)
    {
        output.WriteArrayHeader(ReplyLength);
        output.WriteSimpleString(state.IsWhole ? "drained"u8 : state.IsDraining ? "cut-short"u8 : "not-drained"u8);
        output.WriteInteger(state.Offered);
        output.WriteInteger(state.Given);
        output.WriteInteger(state.Left);
    }
}
