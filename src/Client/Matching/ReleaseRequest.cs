using System.Buffers.Text;
using KvOrleans.Client.Connections;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Matching;

/// <summary><c>KV.RELEASE</c>: ends a lease, or the part of it at position <paramref name="from"/> of its match and after.</summary>
internal sealed class ReleaseRequest(long leaseId, int from = 0) : LeaseRequest
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the silo has answered, or cannot any more: then the lease has ended with its connection.</summary>
    public Task Answered => _answered.Task;

    /// <inheritdoc/>
    public override void Write(RespOutput output)
    {
        output.WriteArrayHeader(from > 0 ? 3 : 2);
        output.WriteBulk("KV.RELEASE"u8);
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(leaseId, digits, out var count);
        output.WriteBulk(digits[..count]);
        if (from <= 0)
            return;
        Utf8Formatter.TryFormat(from, digits, out count);
        output.WriteBulk(digits[..count]);
    }

    /// <inheritdoc/>
    public override ValueTask<long> ReadReplyAsync(RespReplyReader replies, RespReplyLine first, CancellationToken cancellationToken)
    {
        if (first.Type is not (RespReplyType.Integer or RespReplyType.Error))
            throw new RespProtocolException($"a number was expected, a {first.Type} came");
        _answered.TrySetResult();
        return new(0);
    }

    /// <inheritdoc/>
    public override void Fail(NoConnectionException error) => _answered.TrySetResult();
}
