using System.Buffers.Text;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Storage.Staging;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.SET key ANY|ABSENT|PRESENT|version ttl-ms|KEEP checksum [LOCAL|REPLICATED] [PARENT parent-key] payload</c></summary>
internal sealed class BlockSetCommand : DataPlaneCommand
{
    private const int Condition = 2;
    private const int TimeToLive = 3;
    private const int Checksum = 4;
    private const int Concern = 5;
    private const int FewestArguments = 6;
    private const int ParentFromEnd = 3;
    private const int MostArguments = 9;

    // A thousand years, as with SET.
    private const ulong LongestMilliseconds = 365_000UL * 24 * 60 * 60 * 1000;

    private static readonly DeferredReply Deferred = Reply;

    public override string Name => "KV.SET";

    public override int Arity => -FewestArguments;

    public override string Syntax => "key ANY|ABSENT|PRESENT|version ttl-ms|KEEP checksum|- [LOCAL|REPLICATED] [PARENT parent-key] payload";

    public override string Summary => "Stores a block under a condition; answers accepted, present or conflict, and the version that is there.";

    public override string Group => "kv";

    public override IReadOnlyList<string> Flags => ["write", "denyoom"];

    public override (int First, int Last, int Step) Keys => (1, 1, 1);

    public override bool DecidesInParallel => true;

    public override int ValuePosition(int argumentCount) => argumentCount is >= FewestArguments and <= MostArguments ? argumentCount - 1 : -1;

    public override ValueTask ExecuteAsync(Session session)
    {
        if (session.ArgumentCount > MostArguments)
            return session.RefuseAsync(CommandErrors.WrongCount(this));
        var key = session.Argument(1);
        if (!BlockKey.IsValidLength(key.Length))
            return session.RefuseAsync(CommandErrors.KeyLength(key.Length));
        if (!TryReadCondition(session.Argument(Condition), out var condition))
            return session.RefuseAsync("ERR invalid condition: accepted are ANY, ABSENT, PRESENT and a version");
        var keep = Ascii.EqualsIgnoreCase(session.Argument(TimeToLive), "KEEP"u8);
        if (!TryReadTimeToLive(session.Argument(TimeToLive), keep, out var timeToLive))
            return session.RefuseAsync($"ERR invalid ttl-ms: accepted are 0, for ever, milliseconds up to {LongestMilliseconds}, and KEEP");
        if (!TryReadChecksum(session.Argument(Checksum), out var checksum))
            return session.RefuseAsync("ERR invalid checksum: accepted are 16 hex digits, and - for none");
        var (concern, parent) = (WriteConcern.Local, default(BlockKey));
        // One word more is the concern, two are the parent, three are both.
        var words = session.ArgumentCount - FewestArguments;
        if (words % 2 == 1 && !TryReadConcern(session.Argument(Concern), out concern))
            return session.RefuseAsync("ERR invalid concern: accepted are LOCAL and REPLICATED");
        if (words > 1 && RefuseParent(session, session.ArgumentCount - ParentFromEnd, out parent) is { } error)
            return session.RefuseAsync(error);
        return DecideAsync(session, BlockKey.From(key), new(condition, timeToLive, keep, concern, parent), checksum);
    }

    /// <summary>Reads <c>PARENT parent-key</c> that begins at an argument.</summary>
    /// <returns>What is wrong with it.</returns>
    private static string? RefuseParent(Session session, int at, out BlockKey parent)
    {
        parent = default;
        if (!Ascii.EqualsIgnoreCase(session.Argument(at), "PARENT"u8))
            return CommandErrors.Syntax;
        var key = session.Argument(1);
        var named = session.Argument(at + 1);
        if (!BlockKey.IsValidLength(named.Length))
            return $"ERR invalid parent: a key has 1 to {BlockKey.MaxLength} bytes, this one has {named.Length}";
        if (named.SequenceEqual(key))
            return "ERR invalid parent: a block is not its own parent";
        parent = BlockKey.From(named);
        return session.Services.Router.KindOf(BlockKey.From(key)) == BlockKind.WriteOnce ? null : "ERR invalid parent: only write-once blocks have one, and this key is a register";
    }

    private static async ValueTask DecideAsync(
        Session session, BlockKey key, WriteTerms terms, BlockChecksum? checksum)
    {
        await session.AwaitTurnAsync(key).ConfigureAwait(false);
        if (session.TakeValue(session.ArgumentCount - 1) is not { } staged)
            await session.OutOfSpaceAsync().ConfigureAwait(false);
        else if (checksum is { } expected && staged.Checksum != expected)
            await RefuseCorruptAsync(session, staged, expected).ConfigureAwait(false);
        else
        {
            session.Defer(key, session.Services.Writes.CommitAsync(session.IsPeer, key, staged, terms), Deferred);
        }
    }

    private static ValueTask RefuseCorruptAsync(Session session, StagedBlock staged, BlockChecksum expected)
    {
        var arrived = staged.Checksum;
        staged.Dispose();
        return session.RefuseAsync($"CHECKSUM the payload was sent as {expected} and arrived as {arrived}; nothing was changed");
    }

    private static bool TryReadCondition(ReadOnlySpan<byte> text, out WriteCondition condition)
    {
        condition = Ascii.EqualsIgnoreCase(text, "ABSENT"u8) ? WriteCondition.Absent
            : Ascii.EqualsIgnoreCase(text, "PRESENT"u8) ? WriteCondition.Present
            : WriteCondition.Any;
        if (condition != WriteCondition.Any || Ascii.EqualsIgnoreCase(text, "ANY"u8))
            return true;
        var isVersion = BlockVersion.TryParse(text, out var version);
        if (isVersion)
            condition = WriteCondition.Exactly(version);
        return isVersion;
    }

    private static bool TryReadTimeToLive(ReadOnlySpan<byte> text, bool keep, out TimeSpan? timeToLive)
    {
        var isTime = Utf8Parser.TryParse(text, out ulong milliseconds, out var used) && used == text.Length && milliseconds <= LongestMilliseconds;
        timeToLive = isTime && milliseconds > 0 ? TimeSpan.FromTicks((long)milliseconds * TimeSpan.TicksPerMillisecond) : null;
        return isTime || keep;
    }

    private static bool TryReadConcern(ReadOnlySpan<byte> text, out WriteConcern concern)
    {
        concern = Ascii.EqualsIgnoreCase(text, "REPLICATED"u8) ? WriteConcern.Replicated : WriteConcern.Local;
        return concern == WriteConcern.Replicated || Ascii.EqualsIgnoreCase(text, "LOCAL"u8);
    }

    private static bool TryReadChecksum(ReadOnlySpan<byte> text, out BlockChecksum? checksum)
    {
        checksum = null;
        if (text.SequenceEqual("-"u8))
            return true;
        var isHash = Utf8Parser.TryParse(text, out ulong value, out var used, 'x') && used == 16 && text.Length == 16;
        checksum = isHash ? new(value) : null;
        return isHash;
    }

    private static void Reply(Session session, RespOutput output, BlockDecision decision)
    {
        session.Services.Counters.Decided(decision.Outcome);
        if (CommandErrors.OfUndecided(session, decision.Outcome) is { } error)
            output.WriteError(error);
        else
            WriteDecision(output, decision);
    }

    private static void WriteDecision(RespOutput output, BlockDecision decision)
    {
        output.WriteArrayHeader(2);
        output.WriteSimpleString(decision.Outcome switch
        {
            DecisionOutcome.Accepted => "accepted"u8,
            DecisionOutcome.AlreadyPresent => "present"u8,
            _ => "conflict"u8,
        });
        Span<byte> version = stackalloc byte[BlockVersion.MaxTextLength];
        version[0] = (byte)'-';
        var length = 1;
        if (!decision.Version.IsNone)
            decision.Version.TryFormat(version, out length, default, null);
        output.WriteSimpleString(version[..length]);
    }
}
