using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Commands.Strings;

/// <summary><c>SET key value [NX | XX] [EX seconds | PX milliseconds | KEEPTTL]</c></summary>
/// <remarks>A write-once block that is there already stays as it is, and the writer is told <c>OK</c>: both contents are right.</remarks>
internal sealed class SetCommand : DataPlaneCommand
{
    private const int Value = 2;

    private static readonly DeferredReply ReplyAny = (session, output, decision) => Reply(session, output, decision, mustBeAbsent: false);
    private static readonly DeferredReply ReplyAbsent = (session, output, decision) => Reply(session, output, decision, mustBeAbsent: true);

    public override string Name => "SET";

    public override int Arity => -3;

    public override string Syntax => "key value [NX | XX] [EX seconds | PX milliseconds | KEEPTTL]";

    public override string Summary => "Stores a block.";

    public override string Group => "string";

    public override IReadOnlyList<string> Flags => ["write", "denyoom"];

    public override (int First, int Last, int Step) Keys => (1, 1, 1);

    public override bool DecidesInParallel => true;

    public override int ValuePosition(int argumentCount) => Value;

    public override ValueTask ExecuteAsync(Session session)
    {
        var key = session.Argument(1);
        if (!BlockKey.IsValidLength(key.Length))
            return session.RefuseAsync(CommandErrors.KeyLength(key.Length));
        return SetOptions.TryRead(session, this, out var options) is { } error
            ? session.RefuseAsync(error)
            : DecideAsync(session, BlockKey.From(key), options);
    }

    private static ValueTask DecideAsync(Session session, BlockKey key, SetOptions options)
    {
        var turn = session.AwaitTurnAsync(key);
        if (!turn.IsCompletedSuccessfully)
            return Slow(turn, session, key, options);
        return Decide(session, key, options);

        static async ValueTask Slow(ValueTask turn, Session session, BlockKey key, SetOptions options)
        {
            await turn.ConfigureAwait(false);
            await Decide(session, key, options).ConfigureAwait(false);
        }
    }

    private static ValueTask Decide(Session session, BlockKey key, SetOptions options)
    {
        if (session.TakeValue(Value) is not { } staged)
            return session.OutOfSpaceAsync();
        var decision = session.Services.Writes.CommitAsync(
            session.IsPeer, key, staged, new(options.Condition, options.TimeToLive, options.KeepTimeToLive));
        session.Defer(key, decision, options.Condition == WriteCondition.Absent ? ReplyAbsent : ReplyAny);
        return ValueTask.CompletedTask;
    }

    private static void Reply(Session session, RespOutput output, BlockDecision decision, bool mustBeAbsent)
    {
        session.Services.Counters.Decided(decision.Outcome);
        if (CommandErrors.OfUndecided(session, decision.Outcome) is { } error)
            output.WriteError(error);
        else if (decision.Outcome == DecisionOutcome.Accepted || (!mustBeAbsent && !decision.Version.IsNone))
            output.WriteSimpleString("OK"u8);
        else
            output.WriteNull();
    }
}
