using System.Globalization;
using System.Numerics;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Silo.Watching;
using KvOrleans.Storage.History;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.EXPLAIN key [key …]</c>: what this very silo knows of each key.</summary>
internal sealed class BlockExplainCommand : DataPlaneCommand
{
    private const int FirstKey = 1;
    private const int MostKeys = 1024;

    private const string NotLookedFor = "?";

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

        var keys = new BlockKey[count];
        for (var i = 0; i < count; i++)
            keys[i] = BlockKey.From(session.Argument(FirstKey + i));
        return ExplainAsync(session, keys);
    }

    private static async ValueTask ExplainAsync(Session session, BlockKey[] keys)
    {
        var term = session.Services.Router.Term;
        var known = Array.ConvertAll(keys, key => session.Store.Explain(key.Span));
        int[] absent = [.. Enumerable.Range(0, keys.Length).Where(i => known[i].Info is null && keys[i].Span.StartsWith("kv:"u8))];
        var (found, isWhole) = await session.Services.Fingerprints.FindAsync(Array.ConvertAll(absent, i => keys[i])).ConfigureAwait(false);
        var others = new BlockKey[keys.Length];
        for (var i = 0; i < absent.Length; i++)
            others[absent[i]] = found[i];

        var map = session.Services.Map.Current;
        session.Output.WriteArrayHeader(keys.Length);
        for (var i = 0; i < keys.Length; i++)
        {
            var fields = known[i].Info is { } block
                ? Present(block, known[i], (long)session.Store.Heat.Of(keys[i].Span).BytesPerSecond, session.Services.Router.MayServe(keys[i].Span, term))
                : Absent(keys[i], known[i], others[i], isWhole, session.Services.FormerOwners);
            fields.Add(("owner", map.OwnerOf(keys[i])?.Name ?? ""));
            fields.Add(("remembers-s", (long)known[i].Remembers.TotalSeconds));
            Write(session.Output, fields);
        }
    }

    private static List<(string Name, object Value)> Present(in BlockInfo block, in BlockExplanation known, long bytesPerSecond, bool isServed)
    {
        List<(string, object)> fields =
        [
            ("state", "present"),
            ("version", block.Version.ToString()),
            ("length", (long)block.Length),
            ("tier", "memory"),
            ("kind", known.Kind == BlockKind.Overwritable ? "register" : "write-once"),
            ("role", KeyExplainer.NameOf(known.Role)),
            ("uses", (long)known.Uses),
            ("bytes-per-second", bytesPerSecond),
            ("leases", (long)block.Leases),
            ("ttl-ms", block.TimeToLive is { } left ? (long)left.TotalMilliseconds : -1),
            ("holders", (long)BitOperations.PopCount(known.Holders)),
            ("served", isServed ? "yes" : "no"),
        ];
        if (known.Parent != 0)
        {
            fields.Add(("parent", known.Parent.ToString("x32", CultureInfo.InvariantCulture)));
            fields.Add(("orphan", known.IsOrphan ? "yes" : "no"));
        }

        return fields;
    }

    private static List<(string Name, object Value)> Absent(
        BlockKey key, in BlockExplanation known, BlockKey other, bool isWhole, FormerOwners formerOwners)
    {
        var (why, ago, role) = KeyExplainer.WhyAbsent(known);
        List<(string, object)> fields = [("state", "absent"), ("why", why)];
        if (ago is { } time)
            fields.Add(("ago-s", (long)time.TotalSeconds));
        if (role is { } was)
            fields.Add(("was", KeyExplainer.NameOf(was)));
        if (!other.IsDefault)
            fields.Add(("other-fingerprint", FingerprintOf(other)));
        else if (!isWhole && key.Span.StartsWith("kv:"u8))
            fields.Add(("other-fingerprint", NotLookedFor));
        if (formerOwners.TryFind(KeyId.Of(key.Span), out var silo, out var since))
        {
            fields.Add(("former-owner", silo));
            fields.Add(("former-owner-ago-s", (long)since.TotalSeconds));
        }

        return fields;
    }

    private static string FingerprintOf(BlockKey key) => Encoding.UTF8.GetString(key.Span["kv:".Length..key.Span.IndexOf((byte)'/')]);

    private static void Write(RespOutput output, List<(string Name, object Value)> fields)
    {
        output.WriteMapHeader(fields.Count);
        foreach (var (name, value) in fields)
        {
            output.WriteBulk(name);
            if (value is long number)
                output.WriteInteger(number);
            else
                output.WriteBulk((string)value);
        }
    }
}
