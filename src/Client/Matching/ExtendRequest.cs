using System.Buffers.Text;
using KvOrleans.Client.Connections;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Matching;

/// <summary><c>KV.EXTEND</c>: asks for more time for a lease.</summary>
internal sealed class ExtendRequest(long leaseId, TimeSpan lease) : LeaseRequest
{
    private readonly TaskCompletionSource<TimeSpan?> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How long it lasts from now on: zero when there is no such lease any more, null when the silo refused and it lasts as long as before.</summary>
    public Task<TimeSpan?> Answered => _answered.Task;

    /// <inheritdoc/>
    public override void Write(RespOutput output)
    {
        output.WriteArrayHeader(3);
        output.WriteBulk("KV.EXTEND"u8);
        WriteNumber(output, leaseId);
        WriteNumber(output, (long)Math.Clamp(lease.TotalMilliseconds, 1, uint.MaxValue));
    }

    /// <inheritdoc/>
    public override ValueTask<long> ReadReplyAsync(RespReplyReader replies, RespReplyLine first, CancellationToken cancellationToken)
    {
        if (first.Type is not (RespReplyType.Integer or RespReplyType.Error) || first.Number < 0)
            throw new RespProtocolException($"a time was expected, a {first.Type} came");
        _answered.TrySetResult(first.Type == RespReplyType.Error ? null : TimeSpan.FromMilliseconds(Math.Min(first.Number, int.MaxValue)));
        return new(0);
    }

    /// <inheritdoc/>
    public override void Fail(NoConnectionException error) => _answered.TrySetResult(TimeSpan.Zero);

    private static void WriteNumber(RespOutput output, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var count);
        output.WriteBulk(digits[..count]);
    }
}
