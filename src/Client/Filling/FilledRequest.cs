using KvOrleans.Client.Connections;
using KvOrleans.Client.Matching;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Filling;

/// <summary><c>KV.FILLED</c>: gives up the fill leases of these blocks. Nobody waits for the answer.</summary>
internal sealed class FilledRequest(BlockKey[] keys) : LeaseRequest
{
    /// <inheritdoc/>
    public override void Write(RespOutput output)
    {
        output.WriteArrayHeader(1 + keys.Length);
        output.WriteBulk("KV.FILLED"u8);
        foreach (var key in keys)
            output.WriteBulk(key.Span);
    }

    /// <inheritdoc/>
    public override ValueTask<long> ReadReplyAsync(RespReplyReader replies, RespReplyLine first, CancellationToken cancellationToken) =>
        first.Type is RespReplyType.Integer or RespReplyType.Error ? new(0) : throw new RespProtocolException($"a number was expected, a {first.Type} came");

    /// <inheritdoc/>
    public override void Fail(NoConnectionException error)
    {
    }
}
