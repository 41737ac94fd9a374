using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Keys;

/// <summary><c>EXISTS key [key …]</c></summary>
internal sealed class ExistsCommand : DataPlaneCommand
{
    public override string Name => "EXISTS";

    public override int Arity => -2;

    public override string Syntax => "key [key ...]";

    public override string Summary => "Counts which of the blocks are here; one named twice counts twice.";

    public override string Group => "generic";

    public override bool IsQuick => true;

    public override (int First, int Last, int Step) Keys => (1, -1, 1);

    public override ValueTask ExecuteAsync(Session session)
    {
        var count = 0;
        List<BlockKey>? others = null;
        for (var i = 1; i < session.ArgumentCount; i++)
        {
            var key = session.Argument(i);
            var term = session.Services.Router.Term;
            var found = session.Store.TryGetInfo(key, out _);
            if (!session.Services.Router.AnswersHere(key, found, term))
                (others ??= []).Add(BlockKey.From(key));
            else if (found)
                count++;
        }

        if (others is not null)
            return CountAsync(session, count, others);
        session.Output.WriteInteger(count);
        return ValueTask.CompletedTask;
    }

    private async ValueTask CountAsync(Session session, long count, List<BlockKey> keys)
    {
        session.MarkServing();
        List<BlockKey> single = [];
        foreach (var batches in KeyBatches.Of(session, keys).Chunk(KeyBatches.AtOnce))
        {
            var sums = batches.Select(batch => SumAsync(session, batch)).ToArray();
            for (var i = 0; i < sums.Length; i++)
            {
                if (await sums[i].ConfigureAwait(false) is { } sum)
                    count += sum;
                else
                    single.AddRange(batches[i].Keys);
            }
        }

        foreach (var key in single)
        {
            var answer = await session.Services.Numbers.AskAsync(session, key, Name, static info => info is null ? 0 : 1).ConfigureAwait(false);
            if (answer.Error is { } error)
            {
                session.Output.WriteError(error);
                return;
            }

            count += answer.Number;
        }

        session.Output.WriteInteger(count);
    }

    private Task<long?> SumAsync(Session session, KeyBatch batch) =>
        batch.Route is { IsHere: false, Owner: { } owner } && !session.IsPeer
            ? session.Services.Numbers.SumAsync(owner, Name, batch.Keys)
            : Task.FromResult<long?>(null);
}
