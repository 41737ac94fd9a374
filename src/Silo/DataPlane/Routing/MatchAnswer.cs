using System.Buffers.Text;
using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Storage.Leases;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>What <c>KV.MATCH</c> says of a chain: what is here, what is certainly nowhere, and of what this silo cannot say more.</summary>
internal readonly ref struct MatchAnswer
{
    private readonly KeyRouter _router;
    private readonly ImmutableArray<SiloDescriptor> _pending;
    private readonly OwnedKeys _owned;
    private readonly bool _serves;
    private readonly long _term;

    private MatchAnswer(KeyRouter router, long term, LeaseGrant grant, bool serves, OwnedKeys owned, ImmutableArray<SiloDescriptor> pending) =>
        (_router, _term, Grant, _serves, _owned, _pending) = (router, term, grant, serves, owned, pending);

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
        var pending = handoffs.Pending;
        var serves = router.ServesWriteOnce;
        if (serves)
            return new(router, term, session.Store.Match(session.Id, keys, results, duration), serves, owned, pending);
        results.Clear();
        return new(router, term, default, serves, owned, pending);
    }

    /// <summary>Writes the reply: lease, milliseconds, one answer a key, and behind them whom else to ask.</summary>
    public void Write(RespOutput output, MatchKeys keys, ReadOnlySpan<KeyMatch> results)
    {
        var lacks = false;
        if (!_pending.IsEmpty)
        {
            for (var i = 0; i < results.Length && !lacks; i++)
                lacks = results[i].IsAbsent && _owned.Contains(keys[i]);
        }

        output.WriteArrayHeader(2 + results.Length + (lacks ? 1 : 0));
        output.WriteInteger(Grant.LeaseId);
        output.WriteInteger((long)Grant.Granted.TotalMilliseconds);
        // Once for all: the store was asked before.
        var mayServe = _router.ServesWriteOnce;
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].Found && (keys[i].StartsWith("kv:"u8) ? mayServe : _router.AnswersHere(keys[i], found: true, _term)))
                WriteFound(output, results[i].Version, results[i].Length);
            else if (results[i].IsAbsent && _serves && _pending.IsEmpty && _owned.Contains(keys[i]))
                output.WriteNull();
            else
                output.WriteInteger(_owned.MapId);
        }

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

    private void WritePending(RespOutput output)
    {
        output.WriteArrayHeader(_pending.Length);
        foreach (var silo in _pending)
            output.WriteBulk(silo.DataPlane.ToString());
    }
}
