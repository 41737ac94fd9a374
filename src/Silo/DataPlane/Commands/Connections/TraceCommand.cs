using System.Diagnostics;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Wire.Tracing;

namespace KvOrleans.Silo.DataPlane.Commands.Connections;

/// <summary><c>KV.TRACE [traceparent]</c>: what the next command belongs to. With an argument it has no reply, whatever that is: it goes in front of commands whose replies are awaited.</summary>
internal sealed class TraceCommand : DataPlaneCommand
{
    private const int WithArgument = 2;

    public override string Name => "KV.TRACE";

    public override int Arity => -1;

    public override string Syntax => "[traceparent]";

    public override string Summary => "Says which trace the next command belongs to, without a reply; without an argument, that the silo knows traces.";

    public override string Group => "kv";

    public override ValueTask ExecuteAsync(Session session)
    {
        if (session.ArgumentCount > WithArgument)
            return session.RefuseAsync(CommandErrors.WrongCount(this));
        if (session.ArgumentCount < WithArgument)
            session.Output.WriteSimpleString("OK"u8);
        else if (Traces.TryParse(session.Argument(1), out var trace) && trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded))
            session.TraceNext(trace);
        return ValueTask.CompletedTask;
    }
}
