using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Keys;

/// <summary><c>DEL key [key …]</c> and <c>UNLINK</c>, which is the same: pages are freed when the last reader lets go, never at length.</summary>
internal sealed class DeleteCommand(string name) : DataPlaneCommand
{
    public override string Name => name;

    public override int Arity => -2;

    public override string Syntax => "key [key ...]";

    public override string Summary => "Deletes blocks and counts those that were here.";

    public override string Group => "generic";

    public override IReadOnlyList<string> Flags => ["write"];

    public override (int First, int Last, int Step) Keys => (1, -1, 1);

    public override async ValueTask ExecuteAsync(Session session)
    {
        var keys = new List<BlockKey>(session.ArgumentCount - 1);
        for (var i = 1; i < session.ArgumentCount; i++)
        {
            // A key that cannot be stored is not there either.
            if (BlockKey.IsValidLength(session.Argument(i).Length))
                keys.Add(BlockKey.From(session.Argument(i)));
        }

        session.MarkServing();
        var batches = KeyBatches.Of(session, keys);
        var error = session.IsPeer && batches.Exists(batch => !batch.Route.IsHere) ? CommandErrors.Moved(session) : null;
        var deleted = 0L;
        foreach (var some in error is null ? batches.Where(batch => !batch.Route.IsHere).Chunk(KeyBatches.AtOnce) : [])
        {
            foreach (var deleting in some.Select(batch => DeleteAsync(session, batch, isFirst: true).AsTask()).ToArray())
                Add(await deleting.ConfigureAwait(false));
        }

        // One after the other: each is as many decisions as are made at once for one command.
        foreach (var here in error is null ? batches.Where(batch => batch.Route.IsHere) : [])
            Add(await DeleteAsync(session, here, isFirst: true).ConfigureAwait(false));

        new NumberAnswer(deleted, error).Write(session.Output);

        void Add(NumberAnswer answer)
        {
            deleted += answer.Number;
            error ??= answer.Error;
        }
    }

    private async ValueTask<NumberAnswer> DeleteAsync(Session session, KeyBatch batch, bool isFirst)
    {
        if (batch.Route.IsHere)
            return await DeleteHereAsync(session, batch).ConfigureAwait(false);
        if (await session.Services.Numbers.ChangeAsync(batch.Route, Name, batch.Keys).ConfigureAwait(false) is { } answer)
            return answer;
        if (!isFirst)
            return new(CommandErrors.TryAgain);
        var deleted = 0L;
        string? error = null;
        foreach (var again in KeyBatches.Of(session, batch.Keys))
        {
            var part = await DeleteAsync(session, again, isFirst: false).ConfigureAwait(false);
            deleted += part.Number;
            error ??= part.Error;
        }

        return new(deleted, error);
    }

    /// <summary>A key named twice is deleted once.</summary>
    private static async ValueTask<NumberAnswer> DeleteHereAsync(Session session, KeyBatch batch)
    {
        var under = new List<ValueTask<BlockDecision>>(batch.Keys.Count);
        foreach (var key in batch.Keys)
            under.Add(DecideAsync(session, key));
        var deleted = 0;
        string? error = null;
        foreach (var decision in under)
        {
            var outcome = (await decision.ConfigureAwait(false)).Outcome;
            deleted += outcome == DecisionOutcome.Accepted ? 1 : 0;
            error ??= CommandErrors.OfUndecided(session, outcome);
        }

        return new(deleted, error);
    }

    /// <summary>A register that is certainly absent needs no decision. Of a write-once block others may have what the owner lacks.</summary>
    private static async ValueTask<BlockDecision> DecideAsync(Session session, BlockKey key)
    {
        var services = session.Services;
        var term = services.Router.Term;
        var found = session.Store.TryGetInfo(key.Span, out _);
        if (!found && services.Router.KindOf(key) == BlockKind.WriteOnce)
            await services.Handoffs.BringAsync(key).ConfigureAwait(false);
        else if (!found && services.Router.AnswersHere(key.Span, found: false, term))
            return new(DecisionOutcome.Absent, default);
        return await services.Decider.DeleteAsync(key, WriteCondition.Any).ConfigureAwait(false);
    }
}
