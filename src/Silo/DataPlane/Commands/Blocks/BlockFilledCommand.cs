using System.Buffers;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Fills;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.FILLED key [key …]</c></summary>
internal sealed class BlockFilledCommand : DataPlaneCommand
{
    private const int FirstKey = 1;

    public override string Name => "KV.FILLED";

    public override int Arity => -2;

    public override string Syntax => "key [key ...]";

    public override string Summary => "Ends fill leases of this connection: somebody else may compute these blocks; counts those that there were.";

    public override string Group => "kv";

    public override (int First, int Last, int Step) Keys => (FirstKey, -1, 1);

    public override ValueTask ExecuteAsync(Session session)
    {
        var count = session.ArgumentCount - FirstKey;
        var ids = ArrayPool<KeyId>.Shared.Rent(count);
        var refused = FillKeys.TryRead(session, FirstKey, owned: null, ids.AsSpan(0, count));
        if (refused is null)
        {
            var ended = 0;
            foreach (var id in ids.AsSpan(0, count))
                ended += session.Services.Fills.GiveUp(session.Id, id) ? 1 : 0;
            session.Output.WriteInteger(ended);
        }

        ArrayPool<KeyId>.Shared.Return(ids);
        return refused is null ? ValueTask.CompletedTask : session.RefuseAsync(refused);
    }
}
