using System.Buffers;
using System.Buffers.Text;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Storage.Leases;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.MATCH lease-ms key [key …]</c></summary>
internal sealed class BlockMatchCommand : DataPlaneCommand
{
    private const int FirstKey = 2;

    public override string Name => "KV.MATCH";

    public override int Arity => -3;

    public override string Syntax => "lease-ms key [key ...]";

    public override string Summary => "Looks up the keys of a chain and leases those that are here; answers the lease, its milliseconds, and version and length of each key.";

    public override string Group => "kv";

    public override (int First, int Last, int Step) Keys => (FirstKey, -1, 1);

    public override ValueTask ExecuteAsync(Session session)
    {
        if (!Utf8Parser.TryParse(session.Argument(1), out uint milliseconds, out var used) || used != session.Argument(1).Length)
        {
            session.Output.WriteError("ERR invalid lease-ms: accepted are 0, no lease, and milliseconds up to 4294967295");
            return ValueTask.CompletedTask;
        }

        var count = session.ArgumentCount - FirstKey;
        var ranges = ArrayPool<(int, int)>.Shared.Rent(count);
        var results = ArrayPool<KeyMatch>.Shared.Rent(count);
        var buffer = session.ArgumentRanges(FirstKey, ranges);
        var keys = new MatchKeys(buffer, ranges.AsSpan(0, count));
        var answer = MatchAnswer.Of(session, keys, results, TimeSpan.FromMilliseconds(milliseconds));
        session.Services.Counters.Matched(answer.Grant.Found, count - answer.Grant.Found);
        answer.Write(session.Output, keys, results.AsSpan(0, count));
        ArrayPool<KeyMatch>.Shared.Return(results);
        ArrayPool<(int, int)>.Shared.Return(ranges);
        return ValueTask.CompletedTask;
    }
}
