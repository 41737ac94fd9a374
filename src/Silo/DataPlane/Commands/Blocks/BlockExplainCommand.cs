using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Silo.Watching;
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

        var keys = new BlockKey[count];
        for (var i = 0; i < count; i++)
            keys[i] = BlockKey.From(session.Argument(FirstKey + i));
        return ExplainAsync(session, keys);
    }

    private static async ValueTask ExplainAsync(Session session, BlockKey[] keys)
    {
        var explanations = await session.Services.Explainer.ExplainAsync(keys).ConfigureAwait(false);
        session.Output.WriteArrayHeader(explanations.Length);
        foreach (var known in explanations)
            Write(session.Output, ExplanationFields.Of(known));
    }

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
