using System.Buffers.Text;
using KvOrleans.Client.Connections;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Matching;

/// <summary><c>KV.MATCH</c>: which of a silo's part of a chain are there, leased in the same step.</summary>
/// <param name="blocks">The whole chain, with its keys; versions and lengths are filled in where the silo has the block.</param>
/// <param name="positions">Which of <paramref name="blocks"/> to ask for, in order; null for all.</param>
/// <param name="lease">How long to lease.</param>
internal sealed class MatchRequest(MatchedBlock[] blocks, int[]? positions, TimeSpan lease) : LeaseRequest
{
    private readonly TaskCompletionSource<MatchGrant> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many keys are asked for.</summary>
    public int Count => positions?.Length ?? blocks.Length;

    /// <summary>Where in the chain the first key lies that is asked for.</summary>
    public int FirstPosition => PositionOf(0);

    /// <summary>How many of the silo's keys lie before <paramref name="run"/> in the chain.</summary>
    public int CountBefore(int run)
    {
        if (positions is null)
            return run;
        var found = Array.BinarySearch(positions, run);
        return found >= 0 ? found : ~found;
    }

    /// <inheritdoc/>
    public override void Write(RespOutput output)
    {
        output.WriteArrayHeader(2 + Count);
        output.WriteBulk("KV.MATCH"u8);
        WriteNumber(output, (long)Math.Clamp(lease.TotalMilliseconds, 1, uint.MaxValue));
        for (var i = 0; i < Count; i++)
            output.WriteBulk(blocks[PositionOf(i)].Key.Span);
    }

    /// <summary>Waits for the reply. When it comes later than <paramref name="cancellationToken"/> allows, its lease is released.</summary>
    public async ValueTask<MatchGrant> WaitAsync(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(
            static (request, token) => ((MatchRequest)request!)._answered.TrySetCanceled(token), this);
        return await _answered.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<long> ReadReplyAsync(RespReplyReader replies, RespReplyLine first, CancellationToken cancellationToken)
    {
        if (first.Type == RespReplyType.Error)
        {
            _answered.TrySetResult(new(0, TimeSpan.Zero, -1, SiloError.Read(replies.Text)));
            return 0;
        }

        if (first.Type != RespReplyType.Array || first.Number != 2 + Count)
            throw new RespProtocolException("the reply to a match does not have the match's size");
        var id = await ReadNumberAsync(replies, cancellationToken).ConfigureAwait(false);
        var granted = await ReadNumberAsync(replies, cancellationToken).ConfigureAwait(false);
        var last = -1;
        for (var i = 0; i < Count; i++)
        {
            var line = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (line.Type == RespReplyType.Null)
                continue;
            if (line.Type != RespReplyType.SimpleString)
                throw new RespProtocolException($"a match's entry was expected, a {line.Type} came");
            ref var block = ref blocks[PositionOf(i)];
            block = ReadEntry(replies.Text, block.Key);
            last = i;
        }

        return _answered.TrySetResult(new(id, TimeSpan.FromMilliseconds(Math.Clamp(granted, 0, int.MaxValue)), last, null)) ? 0 : id;
    }

    /// <inheritdoc/>
    public override void Fail(NoConnectionException error) => _answered.TrySetException(error);

    private int PositionOf(int index) => positions is null ? index : positions[index];

    private static MatchedBlock ReadEntry(ReadOnlySpan<byte> text, BlockKey key)
    {
        var space = text.IndexOf((byte)' ');
        if (space < 0 || !BlockVersion.TryParse(text[..space], out var version)
            || !Utf8Parser.TryParse(text[(space + 1)..], out int length, out var used) || used != text.Length - space - 1 || length < 0)
        {
            throw new RespProtocolException("a match's entry is not a version and a length");
        }

        return new(key, version, length);
    }

    private static async ValueTask<long> ReadNumberAsync(RespReplyReader replies, CancellationToken cancellationToken)
    {
        var line = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        return line.Type == RespReplyType.Integer ? line.Number : throw new RespProtocolException($"a number was expected, a {line.Type} came");
    }

    private static void WriteNumber(RespOutput output, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var count);
        output.WriteBulk(digits[..count]);
    }
}
