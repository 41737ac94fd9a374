using System.Buffers;
using System.Buffers.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Replication;
using KvOrleans.Silo.DataPlane.Commands;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Storage.Leases;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>What <c>KV.MATCH</c> says of a chain: what is here, what is certainly nowhere, and of what this silo cannot say more.</summary>
internal readonly ref struct MatchAnswer
{
    private readonly Session _session;
    private readonly HandoffState _handoffs;
    private readonly OwnedKeys _owned;
    private readonly bool _serves;
    private readonly long _term;

    private MatchAnswer(Session session, long term, LeaseGrant grant, bool serves, OwnedKeys owned, HandoffState handoffs) =>
        (_session, _term, Grant, _serves, _owned, _handoffs) = (session, term, grant, serves, owned, handoffs);

    /// <summary>The lease on what is here.</summary>
    public LeaseGrant Grant { get; }

    /// <summary>Looks the keys up and leases what is here.</summary>
    public static MatchAnswer Of(Session session, MatchKeys keys, Span<KeyMatch> results, TimeSpan duration)
    {
        // In this order: what is owned by a map is absent only when all handoffs for that very map were done before it was looked for.
        var router = session.Services.Router;
        var term = router.Term;
        var handoffs = router.Handoffs;
        var owned = router.OwnedIn(handoffs.Map);
        var serves = router.ServesWriteOnce;
        return new(session, term, serves ? session.Store.Match(session.Id, keys, results, duration) : default, serves, owned, handoffs);
    }

    /// <summary>Writes the reply: lease, milliseconds, one answer a key, and behind them whom else to ask. Or that this silo may say nothing now; then nothing stays leased.</summary>
    public void Write(RespOutput output, MatchKeys keys, ReadOnlySpan<KeyMatch> results)
    {
        // Once for all: the store was asked before.
        var router = _session.Services.Router;
        if (!_serves || !router.ServesWriteOnce)
        {
            if (Grant.LeaseId != 0)
                _session.Store.Release(_session.Id, Grant.LeaseId);
            output.WriteError(CommandErrors.MayNotServe);
            return;
        }

        // By an old map nothing is certain: what this silo owns in it may be another's.
        var isCertain = router.StillRulesOut(_handoffs.Map);
        var lacks = false;
        if (isCertain && !_handoffs.Pending.IsEmpty)
        {
            for (var i = 0; i < results.Length && !lacks; i++)
                lacks = results[i].IsAbsent && _owned.Contains(keys[i]);
        }

        output.WriteArrayHeader(2 + results.Length + (lacks ? 1 : 0));
        output.WriteInteger(Grant.LeaseId);
        output.WriteInteger((long)Grant.Granted.TotalMilliseconds);
        // What may be ruled out; nothing when all is here.
        var absent = isCertain && _handoffs.Pending.IsEmpty && HasAbsent(results) ? ArrayPool<bool>.Shared.Rent(results.Length) : [];
        if (absent.Length > 0)
            _owned.FindAbsent(keys, results, absent.AsSpan(0, results.Length));
        for (var i = 0; i < results.Length; i++)
        {
            var isUsual = keys[i].StartsWith("kv:"u8);
            if (results[i].Found && (isUsual || router.AnswersHere(keys[i], found: true, _term)))
                WriteFound(output, results[i].Version, results[i].Length);
            else if (absent.Length > 0 && absent[i] && (isUsual || router.KnowsAbsent(keys[i], _term)))
                output.WriteNull();
            else
                output.WriteInteger(_owned.MapId);
        }

        if (absent.Length > 0)
            ArrayPool<bool>.Shared.Return(absent);
        if (lacks)
            WritePending(output);
    }

    /// <summary>Writes what is said of a block that is here: version and length.</summary>
    public static void WriteFound(RespOutput output, BlockVersion version, int blockLength)
    {
        Span<byte> line = stackalloc byte[BlockVersion.MaxTextLength + 1 + 10];
        version.TryFormat(line, out var length, default, null);
        line[length++] = (byte)' ';
        Utf8Formatter.TryFormat(blockLength, line[length..], out var digits);
        output.WriteSimpleString(line[..(length + digits)]);
    }

    private static bool HasAbsent(ReadOnlySpan<KeyMatch> results)
    {
        foreach (ref readonly var result in results)
        {
            if (result.IsAbsent)
                return true;
        }

        return false;
    }

    private void WritePending(RespOutput output)
    {
        output.WriteArrayHeader(_handoffs.Pending.Length);
        foreach (var silo in _handoffs.Pending)
            output.WriteBulk(silo.DataPlane.ToString());
    }
}
