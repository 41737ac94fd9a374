using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Storage;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Commands.Strings;

/// <summary><c>GET key</c></summary>
internal sealed class GetCommand : DataPlaneCommand
{
    public override string Name => "GET";

    public override int Arity => 2;

    public override string Syntax => "key";

    public override string Summary => "Returns the bytes of a block.";

    public override string Group => "string";

    public override (int First, int Last, int Step) Keys => (1, 1, 1);

    public override ValueTask ExecuteAsync(Session session) => ReplyAsync(session, session.Argument(1));

    /// <summary>Replies with the bytes of <paramref name="key"/>, or null.</summary>
    public static ValueTask ReplyAsync(Session session, ReadOnlySpan<byte> key)
    {
        var found = session.Store.TryOpen(key, out var block);
        session.Services.Counters.Found(found);
        if (!found)
        {
            session.Output.WriteNull();
            return ValueTask.CompletedTask;
        }

        return ReplyAsync(session, block);
    }

    /// <summary>Sends a block as a bulk string and gives it back.</summary>
    public static ValueTask ReplyAsync(Session session, OpenBlock block)
    {
        session.Output.WriteBulkHeader(block.Length);
        if (block.Length > RespOutput.CopyLimit)
            return session.SendPayloadAsync(block);
        for (var i = 0; i < block.SegmentCount; i++)
            session.Output.WriteRaw(block.GetSegment(i).Span);
        session.Output.WriteLineEnd();
        block.Dispose();
        return ValueTask.CompletedTask;
    }
}
