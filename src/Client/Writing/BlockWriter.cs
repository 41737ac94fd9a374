using System.Buffers.Text;
using System.Globalization;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;
using KvOrleans.Wire.Sockets;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Writing;

/// <summary>Writes one block to its owner, whoever that becomes.</summary>
/// <remarks>
/// To write a write-once block again is to find it there. So a call that can be repeated waits until its owner answers again, or another silo owns the key, and
/// is repeated until its deadline. A register's write may be repeated only while nothing of it was sent to the end: it may have taken effect, and another
/// since, that a second one would undo.
/// </remarks>
internal sealed partial class BlockWriter(ClusterMapKeeper maps, PrefixCacheClientMetrics metrics, ILogger logger)
{
    // What is sent between two signs of life: a large payload on a slow line is not a silo that does not answer.
    private const int ProgressBytes = 4 << 20;

    // The owner, and the owners in two newer maps, when silos say that the key has moved.
    private const int MostMoves = 3;

    // How often a silo that has too much under way, or cannot have a second copy made, is asked again.
    private const int MostRefusals = 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);

    // Broken: why there is no reply; Sent: whether the silo may have the whole write all the same.
    private readonly record struct Reply(BlockWrite Write, SiloError? Error, Exception? Broken = null, bool Sent = false);

    /// <summary>Writes <paramref name="payload"/>, again and elsewhere when its silo is gone, as long as that is safe and there is time.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<BlockWrite> WriteAsync(BlockKey key, ReadOnlyMemory<byte> payload, BlockWriteOptions options, CallDeadline deadline)
    {
        var checksum = BlockChecksum.Of(payload.Span);
        // Of these a second write is sure to find the first, and to be content.
        var mayRepeat = KeyKinds.Default.Of(key.Span) == BlockKind.WriteOnce && options.Condition.Kind != WriteConditionKind.Exactly;
        var state = default(WriteProgress);
        var last = default(SiloLink);
        while (maps.Current is { } view && view.OwnerOf(key) is { } owner)
        {
            if (last is not null && owner != last)
                metrics.FailedOver("write");
            last = owner;
            var reply = await TrySendAsync(owner, key, payload, checksum, options, deadline).ConfigureAwait(false);
            if (reply is { Broken: null, Error: null })
            {
                metrics.Written(reply.Write.Outcome == BlockWriteOutcome.Accepted ? payload.Length : 0);
                return reply.Write;
            }

            deadline.ThrowIfCancelled();
            state ??= new();
            state.Add(deadline.IsOver && reply.Error is null ? BlockWriteOutcome.DeadlineExceeded : OutcomeOf(reply), reply.Sent);
            if (deadline.IsOver || !await MayGoOnAsync(reply, view, state, mayRepeat, deadline).ConfigureAwait(false))
                break;
        }

        deadline.ThrowIfCancelled();
        return new(state?.Conclude(deadline.IsOver) ?? BlockWriteOutcome.Unavailable, default);
    }

    /// <summary>Whether the write is to be tried again now. Waits for what it takes.</summary>
    private async ValueTask<bool> MayGoOnAsync(Reply reply, ClusterView view, WriteProgress state, bool mayRepeat, CallDeadline deadline)
    {
        switch (reply)
        {
            case { Error: { Kind: SiloErrorKind.Moved, MapId: var mapId } }:
                return ++state.Moves < MostMoves && await RefreshToAsync(mapId, deadline).ConfigureAwait(false);
            case { Error.Kind: SiloErrorKind.TryAgain or SiloErrorKind.Unknown }:
                if (!mayRepeat)
                    return false;
                break;
            case { Error.Kind: SiloErrorKind.Busy } or { Error.Kind: SiloErrorKind.NotReplicated } when view.Links.Length > 1:
                if (!mayRepeat || ++state.Refusals >= MostRefusals)
                    return false;
                break;
            case { Error: not null } or { Broken: RespProtocolException }:
                return false;
            default:
                if (state.MayHaveHappened && !mayRepeat)
                    return false;
                break;
        }

        var pause = FirstPause * (1 << Math.Min(state.Pauses++, 8));
        await maps.WaitForChangeAsync(view, pause < LongestPause ? pause : LongestPause, deadline.Token).ConfigureAwait(false);
        return !deadline.IsOver;
    }

    private async ValueTask<bool> RefreshToAsync(long mapId, CallDeadline deadline)
    {
        try
        {
            return await maps.RefreshToAsync(mapId, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            return false;
        }
    }

    private async ValueTask<Reply> TrySendAsync(
        SiloLink link, BlockKey key, ReadOnlyMemory<byte> payload, BlockChecksum checksum, BlockWriteOptions options, CallDeadline deadline)
    {
        var sent = false;
        var reusable = false;
        SiloConnection? connection = null;
        try
        {
            connection = await link.Pool.RentAsync(deadline.Token).ConfigureAwait(false);
            var output = connection.Output;
            WriteHead(output, key, options, checksum, payload.Length);
            while (payload.Length > ProgressBytes)
            {
                await output.WritePayloadAsync(payload[..ProgressBytes], deadline.Token).ConfigureAwait(false);
                payload = payload[ProgressBytes..];
                connection.Progressed();
            }

            // From here on the silo may have all of it, whatever is heard of it.
            sent = true;
            await output.WritePayloadEndAsync(payload, deadline.Token).ConfigureAwait(false);
            await output.FlushAsync(deadline.Token).ConfigureAwait(false);
            connection.Progressed();
            var reply = await ReadReplyAsync(connection, deadline.Token).ConfigureAwait(false);
            reusable = true;
            return reply;
        }
        catch (Exception error)
        {
            return new(default, null, error, sent);
        }
        finally
        {
            // Behind this are logs, meters and the caller's code.
            await SocketReactor.Leave();
            if (connection is not null)
                link.Pool.Return(connection, reusable);
        }
    }

    private static void WriteHead(RespOutput output, BlockKey key, BlockWriteOptions options, BlockChecksum checksum, int length)
    {
        Span<byte> text = stackalloc byte[BlockVersion.MaxTextLength];
        output.WriteArrayHeader(options.Concern == WriteConcern.Local ? 6 : 7);
        output.WriteBulk("KV.SET"u8);
        output.WriteBulk(key.Span);
        switch (options.Condition.Kind)
        {
            case WriteConditionKind.Any:
                output.WriteBulk("ANY"u8);
                break;
            case WriteConditionKind.Absent:
                output.WriteBulk("ABSENT"u8);
                break;
            default:
                options.Condition.Version.TryFormat(text, out var digits, default, CultureInfo.InvariantCulture);
                output.WriteBulk(text[..digits]);
                break;
        }

        Utf8Formatter.TryFormat(options.TimeToLive is { } timeToLive ? (long)timeToLive.TotalMilliseconds : 0, text, out var count);
        output.WriteBulk(text[..count]);
        checksum.Value.TryFormat(text, out count, "x16", CultureInfo.InvariantCulture);
        output.WriteBulk(text[..count]);
        if (options.Concern != WriteConcern.Local)
            output.WriteBulk("REPLICATED"u8);
        output.WriteBulkHeader(length);
    }

    private static async ValueTask<Reply> ReadReplyAsync(SiloConnection connection, CancellationToken cancellationToken)
    {
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type == RespReplyType.Error)
            return new(default, SiloError.Read(connection.Replies.Text));
        if (line is not { Type: RespReplyType.Array, Number: 2 })
            throw new RespProtocolException($"an outcome was expected, a {line.Type} came");
        await connection.ReadTextAsync(cancellationToken).ConfigureAwait(false);
        var outcome = ReadOutcome(connection.Text);
        return new(new(outcome, await connection.ReadVersionAsync(cancellationToken).ConfigureAwait(false)), null);
    }

    private static BlockWriteOutcome ReadOutcome(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("accepted"u8))
            return BlockWriteOutcome.Accepted;
        if (text.SequenceEqual("present"u8))
            return BlockWriteOutcome.AlreadyPresent;
        if (text.SequenceEqual("conflict"u8))
            return BlockWriteOutcome.Conflict;
        throw new RespProtocolException("a write's outcome is none that is known");
    }

    private BlockWriteOutcome OutcomeOf(Reply reply)
    {
        if (reply.Error is not { } error)
        {
            maps.RefreshSoon();
            LogBroken(logger, reply.Broken!.Message);
            return reply.Sent ? BlockWriteOutcome.Unknown : BlockWriteOutcome.Unavailable;
        }

        switch (error.Kind)
        {
            case SiloErrorKind.OutOfSpace:
                return BlockWriteOutcome.OutOfSpace;
            case SiloErrorKind.Busy:
                return BlockWriteOutcome.Busy;
            case SiloErrorKind.NotReplicated:
                return BlockWriteOutcome.NotReplicated;
            case SiloErrorKind.Unknown:
                return BlockWriteOutcome.Unknown;
            case SiloErrorKind.TryAgain:
                return BlockWriteOutcome.TryAgain;
            case SiloErrorKind.Moved:
                maps.RefreshSoon();
                break;
        }

        LogRefused(logger, error.Text);
        return BlockWriteOutcome.Rejected;
    }

    [LoggerMessage(1, LogLevel.Warning, "A silo refused a write: {Error}")]
    private static partial void LogRefused(ILogger logger, string error);

    [LoggerMessage(2, LogLevel.Debug, "A write found no silo or lost its connection: {Reason}")]
    private static partial void LogBroken(ILogger logger, string reason);
}
