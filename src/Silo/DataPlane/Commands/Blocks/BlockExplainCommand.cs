using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.EXPLAIN key [key …]</c>: what this very silo knows of each key.</summary>
internal sealed class BlockExplainCommand : DataPlaneCommand
{
    private const int FirstKey = 1;
    private const int MostKeys = 1024;

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
        var known = session.Services.Explainer.Explain(key, map);
        if (known.Block is { } block)
        {
            output.WriteMapHeader(14);
            WriteText(output, "state", "present");
            WriteText(output, "version", block.Version.ToString());
            WriteNumber(output, "length", block.Length);
            WriteText(output, "tier", known.Tier);
            WriteText(output, "kind", known.IsRegister ? "register" : "write-once");
            WriteText(output, "role", known.Role);
            WriteNumber(output, "uses", known.Uses);
            WriteNumber(output, "bytes-per-second", known.BytesPerSecond);
            WriteNumber(output, "leases", block.Leases);
            WriteNumber(output, "ttl-ms", block.TimeToLive is { } left ? (long)left.TotalMilliseconds : -1);
            WriteNumber(output, "holders", known.Holders);
            WriteText(output, "served", known.IsServed ? "yes" : "no");
        }
        else
        {
            output.WriteMapHeader(known.SecondsAgo is null ? 4 : known.Was is null ? 5 : 6);
            WriteText(output, "state", "absent");
            WriteText(output, "why", known.Why ?? "");
            if (known.SecondsAgo is { } seconds)
                WriteNumber(output, "ago-s", seconds);
            if (known.Was is { } was)
                WriteText(output, "was", was);
        }

        WriteText(output, "owner", known.Owner);
        WriteNumber(output, "remembers-s", known.RemembersSeconds);
    }

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
