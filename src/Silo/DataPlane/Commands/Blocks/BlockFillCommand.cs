using System.Buffers;
using System.Buffers.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Fills;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.FILL lease-ms key [key …]</c></summary>
internal sealed class BlockFillCommand : DataPlaneCommand
{
    private const int FirstKey = 2;

    public override string Name => "KV.FILL";

    public override int Arity => -3;

    public override string Syntax => "lease-ms key [key ...]";

    public override string Summary => "Says of blocks that this silo owns which are here, which are yours to compute, and which somebody else computes; for how many milliseconds.";

    public override string Group => "kv";

    public override (int First, int Last, int Step) Keys => (FirstKey, -1, 1);

    public override ValueTask ExecuteAsync(Session session)
    {
        if (!Utf8Parser.TryParse(session.Argument(1), out uint milliseconds, out var used) || used != session.Argument(1).Length || milliseconds == 0)
            return session.RefuseAsync("ERR invalid lease-ms: accepted are milliseconds from 1 to 4294967295");

        var count = session.ArgumentCount - FirstKey;
        var ids = ArrayPool<KeyId>.Shared.Rent(count);
        // In this order: a map that comes after the generation was read is noticed.
        var generation = session.Services.Fills.Generation;
        var owned = session.Services.Router.OwnedIn(session.Services.Map.Current);
        var refused = FillKeys.TryRead(session, FirstKey, owned, ids.AsSpan(0, count));
        if (refused is null)
            Answer(session, ids.AsSpan(0, count), session.Services.Fills.Shorten(TimeSpan.FromMilliseconds(milliseconds)), generation);
        ArrayPool<KeyId>.Shared.Return(ids);
        return refused is null ? ValueTask.CompletedTask : session.RefuseAsync(refused);
    }

    private static void Answer(Session session, ReadOnlySpan<KeyId> ids, TimeSpan duration, long generation)
    {
        var fills = session.Services.Fills;
        var now = session.Services.Time.GetTimestamp();
        session.Output.WriteArrayHeader(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            var key = session.Argument(FirstKey + i);
            if (TryFind(session, key, out var block))
            {
                fills.Arrived(ids[i]);
                MatchAnswer.WriteFound(session.Output, block.Version, block.Length);
                continue;
            }

            var answer = fills.Take(session.Id, ids[i], duration, now, generation);
            // It may have arrived before the lease was there to be ended by it.
            if (answer.IsNew && TryFind(session, key, out block))
            {
                fills.Arrived(ids[i]);
                MatchAnswer.WriteFound(session.Output, block.Version, block.Length);
                continue;
            }

            session.Output.WriteInteger(answer.Milliseconds);
        }
    }

    /// <summary>What may not be served is as good as absent: who computes it has it sooner than who waits for it.</summary>
    private static bool TryFind(Session session, ReadOnlySpan<byte> key, out BlockInfo block)
    {
        var term = session.Services.Router.Term;
        return session.Store.TryGetInfo(key, out block) && session.Services.Router.AnswersHere(key, found: true, term);
    }
}
