using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Digests;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Sockets;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Writing;

/// <summary>Writes one block to its owner, whoever that becomes.</summary>
/// <remarks>
/// To write a write-once block again is to find it there. So a call that can be repeated waits until its owner answers again, or another silo owns the key, and
/// is repeated until its deadline. A register's write may be repeated only while nothing of it was sent to the end: it may have taken effect, and another
/// since, that a second one would undo.
/// </remarks>
internal sealed partial class BlockWriter(ClusterMapKeeper maps, DigestRules digests, PrefixCacheClientMetrics metrics, ILogger logger)
{
    // The owner, and the owners in two newer maps, when silos say that the key has moved.
    private const int MostMoves = 3;

    // How often a silo that has too much under way, or cannot have a second copy made, is asked again.
    private const int MostRefusals = 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);

    /// <summary>Writes <paramref name="payload"/>, again and elsewhere when its silo is gone, as long as that is safe and there is time.</summary>
    /// <param name="key">The block.</param>
    /// <param name="payload">Its bytes.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="deadline">The call's time.</param>
    /// <param name="parent">The block before it in its chain; default: none.</param>
    /// <param name="first">A first try that was made already, which counts as one made here; null when there was none.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<BlockWrite> WriteAsync(
        BlockKey key, ReadOnlyMemory<byte> payload, BlockWriteOptions options, CallDeadline deadline, BlockKey parent, WriteAttempt? first = null)
    {
        // Of these a second write is sure to find the first, and to be content.
        var mayRepeat = KeyKinds.Default.Of(key.Span) == BlockKind.WriteOnce && options.Condition.Kind != WriteConditionKind.Exactly;
        var state = default(WriteProgress);
        var checksum = default(BlockChecksum?);
        var last = default(SiloLink);
        while (true)
        {
            if (first is not { } attempt)
            {
                if (maps.Current is not { } current || current.OwnerOf(key) is not { } next)
                    break;
                if (last is not null && next != last)
                    metrics.FailedOver("write");
                checksum ??= BlockChecksum.Of(payload.Span);
                attempt = new(current, next, await TrySendAsync(next, key, payload, checksum.Value, options, parent, deadline).ConfigureAwait(false));
            }

            (first, last) = (null, attempt.Owner);
            var reply = attempt.Reply;
            if (reply is { Broken: null, Error: null })
            {
                metrics.Written(reply.Write.Outcome == BlockWriteOutcome.Accepted ? payload.Length : 0);
                digests.Remember(key);
                return reply.Write;
            }

            deadline.ThrowIfCancelled();
            state ??= new();
            state.Add(deadline.IsOver && reply.Error is null ? BlockWriteOutcome.DeadlineExceeded : OutcomeOf(reply), reply.Sent);
            if (deadline.IsOver || !await MayGoOnAsync(reply, attempt.View, state, mayRepeat, deadline).ConfigureAwait(false))
                break;
        }

        if (state?.IsStored == true)
            digests.Remember(key);
        deadline.ThrowIfCancelled();
        return new(state?.Conclude(deadline.IsOver) ?? BlockWriteOutcome.Unavailable, default);
    }

    /// <summary>Whether the write is to be tried again now. Waits for what it takes.</summary>
    private async ValueTask<bool> MayGoOnAsync(WriteReply reply, ClusterView view, WriteProgress state, bool mayRepeat, CallDeadline deadline)
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

    private async ValueTask<WriteReply> TrySendAsync(
        SiloLink link, BlockKey key, ReadOnlyMemory<byte> payload, BlockChecksum checksum, BlockWriteOptions options, BlockKey parent, CallDeadline deadline)
    {
        var sent = false;
        var reusable = false;
        SiloConnection? connection = null;
        try
        {
            connection = await link.Pool.RentAsync(deadline.Token).ConfigureAwait(false);
            var rest = await WriteCommand.BeginAsync(connection, key, payload, checksum, options, parent, deadline.Token).ConfigureAwait(false);
            sent = true;
            await WriteCommand.EndAsync(connection, rest, deadline.Token).ConfigureAwait(false);
            await connection.Output.FlushAsync(deadline.Token).ConfigureAwait(false);
            connection.Progressed();
            var reply = await WriteCommand.ReadReplyAsync(connection, deadline.Token).ConfigureAwait(false);
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

    private BlockWriteOutcome OutcomeOf(WriteReply reply)
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
