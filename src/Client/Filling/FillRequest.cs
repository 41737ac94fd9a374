using System.Buffers.Text;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Matching;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Filling;

/// <summary><c>KV.FILL</c>: who computes these blocks of one owner; what nobody does is the asker's, for a while.</summary>
/// <param name="keys">The blocks.</param>
/// <param name="lease">For how long.</param>
/// <param name="isImpatient">Whether somebody waits for the answer who can do without: not for longer than the silo is silent. The connection stays: leases belong to it.</param>
internal sealed class FillRequest(BlockKey[] keys, TimeSpan lease, bool isImpatient) : LeaseRequest
{
    private readonly TaskCompletionSource<FillReply> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The silo's answer. It fails when there is none.</summary>
    public Task<FillReply> Answered => _answered.Task;

    /// <inheritdoc/>
    public override void Write(RespOutput output)
    {
        output.WriteArrayHeader(2 + keys.Length);
        output.WriteBulk("KV.FILL"u8);
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat((long)Math.Clamp(lease.TotalMilliseconds, 1, uint.MaxValue), digits, out var count);
        output.WriteBulk(digits[..count]);
        foreach (var key in keys)
            output.WriteBulk(key.Span);
    }

    /// <inheritdoc/>
    public override bool Silent(TimeSpan silence)
    {
        if (isImpatient && silence >= ConnectionPool.SuspectAfter)
            Fail(new("the silo is silent"));
        return false;
    }

    /// <inheritdoc/>
    public override async ValueTask<long> ReadReplyAsync(RespReplyReader replies, RespReplyLine first, CancellationToken cancellationToken)
    {
        if (first.Type == RespReplyType.Error)
        {
            _answered.TrySetResult(new([], SiloError.Read(replies.Text)));
            return 0;
        }

        if (first.Type != RespReplyType.Array || first.Number != keys.Length)
            throw new RespProtocolException("the reply to a question for fill leases does not have the question's size");
        var states = new FillState[keys.Length];
        for (var i = 0; i < states.Length; i++)
        {
            var line = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            states[i] = line switch
            {
                { Type: RespReplyType.SimpleString } => FillState.Here,
                { Type: RespReplyType.Integer, Number: > 0 } => FillState.Mine,
                { Type: RespReplyType.Integer, Number: < 0 } => FillState.Others,
                _ => throw new RespProtocolException($"who computes a block was expected, a {line.Type} came"),
            };
        }

        _answered.TrySetResult(new(states));
        return 0;
    }

    /// <inheritdoc/>
    public override void Fail(NoConnectionException error) => _answered.TrySetException(error);
}
