using System.Globalization;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Silo.DataPlane.Commands.Strings;
using KvOrleans.Silo.DataPlane.Routing;
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

        var key = session.Argument(1);
        var term = session.Services.Router.Term;
        var found = session.Store.TryGetInfo(key, out _);
        if (!found && session.Services.Router.AnswersHere(key, found: false, term))
            session.Output.WriteInteger(0);
        else
            (await ExpireAsync(session, BlockKey.From(key), timeToLive).ConfigureAwait(false)).Write(session.Output);
    }

    private async ValueTask<NumberAnswer> ExpireAsync(Session session, BlockKey key, TimeSpan timeToLive)
    {
        session.MarkServing();
        var seconds = (timeToLive.Ticks / TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture);
        for (var isFirst = true; ; isFirst = false)
        {
            var route = session.Services.Router.Route(key);
            if (route.IsHere)
                return await DecideAsync(session, key, timeToLive).ConfigureAwait(false);
            if (session.IsPeer)
                return new(CommandErrors.Moved(session));
            if (await session.Services.Numbers.ChangeAsync(route, Name, [key], seconds).ConfigureAwait(false) is { } answer)
                return answer;
            if (!isFirst)
                return new(CommandErrors.TryAgain);
        }
    }

    private static async ValueTask<NumberAnswer> DecideAsync(Session session, BlockKey key, TimeSpan timeToLive)
    {
        var services = session.Services;
        if (!session.Store.TryGetInfo(key.Span, out _) && services.Router.KindOf(key) == BlockKind.WriteOnce)
            await services.Handoffs.BringAsync(key).ConfigureAwait(false);
        var decision = await services.Decider.ExpireAsync(key, timeToLive).ConfigureAwait(false);
        return CommandErrors.OfUndecided(session, decision.Outcome) is { } undecided
            ? new(undecided)
            : new(decision.Outcome == DecisionOutcome.Accepted ? 1 : 0);
    }
}
