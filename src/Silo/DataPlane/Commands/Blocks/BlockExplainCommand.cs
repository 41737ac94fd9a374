using System.Numerics;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.History;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.EXPLAIN key [key …]</c>: what this very silo knows of each key.</summary>
internal sealed class BlockExplainCommand : DataPlaneCommand
{
    private const int FirstKey = 1;
    private const int MostKeys = 1024;

    // Seconds within which two times that are known to the second may be of one moment.
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(1);

    public override string Name => "KV.EXPLAIN";

    public override int Arity => -2;

    public override string Syntax => "key [key ...]";

    public override string Summary => "Says what this silo knows of each key: what is here of it, or why not.";

    public override string Group => "kv";

    public override (int First, int Last, int Step) Keys => (FirstKey, -1, 1);

    public override ValueTask ExecuteAsync(Session session)
    {
        var count = session.ArgumentCount - FirstKey;
        if (count > MostKeys)
            return session.RefuseAsync($"ERR too many keys: accepted are 1 to {MostKeys}");
        for (var i = FirstKey; i < session.ArgumentCount; i++)
        {
            if (session.Argument(i) is var key && !BlockKey.IsValidLength(key.Length))
                return session.RefuseAsync(CommandErrors.KeyLength(key.Length));
        }

        var map = session.Services.Map.Current;
        session.Output.WriteArrayHeader(count);
        for (var i = FirstKey; i < session.ArgumentCount; i++)
            Explain(session, session.Argument(i), map);
        return ValueTask.CompletedTask;
    }

    private static void Explain(Session session, ReadOnlySpan<byte> key, ClusterMap map)
    {
        var output = session.Output;
        var term = session.Services.Router.Term;
        var known = session.Store.Explain(key);
        var owner = Rendezvous.OwnerOf(KeyId.Of(key), map);
        if (known.Info is { } block)
        {
            output.WriteMapHeader(14);
            WriteText(output, "state", "present");
            WriteText(output, "version", block.Version.ToString());
            WriteNumber(output, "length", block.Length);
            WriteText(output, "tier", "memory");
            WriteText(output, "kind", known.Kind == BlockKind.Overwritable ? "register" : "write-once");
            WriteText(output, "role", NameOf(known.Role));
            WriteNumber(output, "uses", known.Uses);
            WriteNumber(output, "bytes-per-second", (long)session.Store.Heat.Of(key).BytesPerSecond);
            WriteNumber(output, "leases", block.Leases);
            WriteNumber(output, "ttl-ms", block.TimeToLive is { } left ? (long)left.TotalMilliseconds : -1);
            WriteNumber(output, "holders", BitOperations.PopCount(known.Holders));
            WriteText(output, "served", session.Services.Router.MayServe(key, term) ? "yes" : "no");
        }
        else
        {
            var (why, ago, role) = WhyAbsent(known);
            output.WriteMapHeader(ago is null ? 4 : role is null ? 5 : 6);
            WriteText(output, "state", "absent");
            WriteText(output, "why", why);
            if (ago is { } time)
                WriteNumber(output, "ago-s", (long)time.TotalSeconds);
            if (role is { } was)
                WriteText(output, "was", NameOf(was));
        }

        WriteText(output, "owner", owner < 0 ? "" : map.Silos[owner].Name);
        WriteNumber(output, "remembers-s", (long)known.Remembers.TotalSeconds);
    }

    /// <summary>The last thing that is known of a key that is not here. A delete counts unless the block came again and left behind it.</summary>
    private static (string Why, TimeSpan? Ago, BlockRole? Was) WhyAbsent(in BlockExplanation known) => (known.Departure, known.Buried) switch
    {
        ({ } left, null) => (NameOf(left.Reason), left.Ago, left.Role),
        ({ } left, { } buried) when left.Ago + Precision < buried => (NameOf(left.Reason), left.Ago, left.Role),
        ({ } left, { } buried) => ("invalidated", buried, left.Role),
        (null, { } buried) => ("invalidated", buried, null),
        _ => ("never-seen", null, null),
    };

    private static string NameOf(DepartureReason reason) => reason switch
    {
        DepartureReason.Evicted => "evicted",
        DepartureReason.Expired => "expired",
        DepartureReason.Removed => "removed",
        DepartureReason.Invalidated => "invalidated",
        DepartureReason.RegisterLost => "register-lost",
        DepartureReason.Cooled => "cooled",
        _ => "distrusted",
    };

    private static string NameOf(BlockRole role) => role switch
    {
        BlockRole.Copy => "copy",
        BlockRole.Extra => "extra",
        _ => "last-copy",
    };

    private static void WriteText(RespOutput output, string field, string value)
    {
        output.WriteBulk(field);
        output.WriteBulk(value);
    }

    private static void WriteNumber(RespOutput output, string field, long value)
    {
        output.WriteBulk(field);
        output.WriteInteger(value);
    }
}
