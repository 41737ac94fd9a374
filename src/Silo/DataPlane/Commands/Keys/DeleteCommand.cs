using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Keys;

/// <summary><c>DEL key [key …]</c> and <c>UNLINK</c>, which is the same: pages are freed when the last reader lets go, never at length.</summary>
internal sealed class DeleteCommand(string name) : DataPlaneCommand
{
    private const int AtOnce = 64;

    public override string Name => name;

    public override int Arity => -2;

    public override string Syntax => "key [key ...]";

    public override string Summary => "Deletes blocks and counts those that were here.";

    public override string Group => "generic";

    public override IReadOnlyList<string> Flags => ["write"];

    public override (int First, int Last, int Step) Keys => (1, -1, 1);

    public override async ValueTask ExecuteAsync(Session session)
    {
        var deleted = 0;
        string? error = null;
        for (var start = 1; start < session.ArgumentCount; start += AtOnce)
        {
            var under = Begin(session, start, Math.Min(start + AtOnce, session.ArgumentCount));
            foreach (var decision in under)
            {
                var outcome = (await decision.ConfigureAwait(false)).Outcome;
                deleted += outcome == DecisionOutcome.Accepted ? 1 : 0;
                error ??= CommandErrors.OfUndecided(session, outcome);
            }
        }

        if (error is not null)
            session.Output.WriteError(error);
        else
            session.Output.WriteInteger(deleted);
    }

    /// <summary>A key that cannot be stored is not there either. A key named twice is deleted once.</summary>
    private static List<ValueTask<BlockDecision>> Begin(Session session, int start, int end)
    {
        var under = new List<ValueTask<BlockDecision>>(end - start);
        for (var i = start; i < end; i++)
        {
            var key = session.Argument(i);
            if (session.Store.TryGetInfo(key, out _))
                under.Add(session.Services.Decider.DeleteAsync(BlockKey.From(key), WriteCondition.Any));
        }

        return under;
    }
}
