using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Silo.DataPlane.Commands.Strings;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Keys;

/// <summary><c>EXPIRE key seconds</c></summary>
internal sealed class ExpireCommand : DataPlaneCommand
{
    public override string Name => "EXPIRE";

    public override int Arity => 3;

    public override string Syntax => "key seconds";

    public override string Summary => "Sets how long a block lives; zero or less deletes it.";

    public override string Group => "generic";

    public override IReadOnlyList<string> Flags => ["write", "fast"];

    public override (int First, int Last, int Step) Keys => (1, 1, 1);

    public override async ValueTask ExecuteAsync(Session session)
    {
        if (SetOptions.TryReadTime(session, this, 2, TimeSpan.TicksPerSecond, out var timeToLive) is { } error)
        {
            session.Output.WriteError(error);
            return;
        }

        if (!session.Store.TryGetInfo(session.Argument(1), out _))
        {
            session.Output.WriteInteger(0);
            return;
        }

        var key = BlockKey.From(session.Argument(1));
        var decision = await session.Services.Decider.ExpireAsync(key, timeToLive).ConfigureAwait(false);
        if (CommandErrors.OfUndecided(session, decision.Outcome) is { } undecided)
            session.Output.WriteError(undecided);
        else
            session.Output.WriteInteger(decision.Outcome == DecisionOutcome.Accepted ? 1 : 0);
    }
}
