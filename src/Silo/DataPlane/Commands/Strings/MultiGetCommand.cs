using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Peers;
using KvOrleans.Silo.DataPlane.Metrics;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Strings;

/// <summary><c>MGET key [key …]</c></summary>
internal sealed class MultiGetCommand : DataPlaneCommand
{
    /// <summary>How many blocks of other silos are fetched ahead of the one that is being replied.</summary>
    private const int Ahead = 8;

    public override string Name => "MGET";

    public override int Arity => -2;

    public override string Syntax => "key [key ...]";

    public override string Summary => "Returns the bytes of several blocks.";

    public override string Group => "string";

    public override (int First, int Last, int Step) Keys => (1, -1, 1);

    public override async ValueTask ExecuteAsync(Session session)
    {
        session.Output.WriteArrayHeader(session.ArgumentCount - 1);
        var ahead = new Queue<(int Position, Task<PeerFetch?> Fetch)>();
        try
        {
            var asked = 1;
            for (var i = 1; i < session.ArgumentCount; i++)
            {
                while (asked < session.ArgumentCount && asked < i + Ahead)
                    Begin(session, asked++, ahead);
                await ReplyAsync(session, i, ahead).ConfigureAwait(false);
                await session.FlushWhenFullAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            while (ahead.TryDequeue(out var left))
                (await left.Fetch.ConfigureAwait(false))?.Dispose();
        }
    }

    /// <summary>A single one need not be fetched ahead of its reply.</summary>
    private static void Begin(Session session, int position, Queue<(int, Task<PeerFetch?>)> ahead)
    {
        var key = session.Argument(position);
        if (session.ArgumentCount > 2 && !session.IsPeer && session.Services.Reads.IsElsewhere(key))
            ahead.Enqueue((position, session.Services.Reads.PrefetchAsync(BlockKey.From(key))));
    }

    private static async ValueTask ReplyAsync(Session session, int position, Queue<(int Position, Task<PeerFetch?> Fetch)> ahead)
    {
        if (ahead.TryPeek(out var next) && next.Position == position)
        {
            session.MarkServing();
            using var fetch = await ahead.Dequeue().Fetch.ConfigureAwait(false);
            if (fetch is { Answer.Outcome: PeerOutcome.Absent })
            {
                ReadReply.Miss(session, ReadFraming.Value, MissReason.Absent);
                return;
            }

            if (fetch is not null)
            {
                session.Services.Counters.Hit(ReadSource.Peer, fetch.Length);
                session.Output.WriteBulkHeader(fetch.Length);
                await ReadReply.SendRestAsync(session, fetch, 0).ConfigureAwait(false);
                return;
            }
        }

        await session.Services.Reads.ReplyAsync(session, session.Argument(position), ReadFraming.Value, default).ConfigureAwait(false);
    }
}
