using System.Buffers.Text;
using System.Globalization;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Metrics;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Writing;

/// <summary>Writes one block to its owner.</summary>
/// <remarks>
/// A connection that breaks is no end for a write-once block: to write it again is to find it there, so it goes to whoever owns it in a fresh map, should that be another silo.
/// For a register it is: the write may have taken effect, and another since, that a second one would undo.
/// </remarks>
internal sealed partial class BlockWriter(ClusterMapKeeper maps, PrefixCacheClientMetrics metrics, ILogger logger)
{
    // What is sent between two signs of life: a large payload on a slow line is not a silo that does not answer.
    private const int ProgressBytes = 4 << 20;

    // How long a write whose silo is gone waits for a map that says where to go.
    private static readonly TimeSpan LongestRefresh = TimeSpan.FromMilliseconds(250);

    // The owner, and the owners in two newer maps.
    private const int MostAttempts = 3;

    // Broken: why there is no reply; Sent: whether the silo may have the whole write all the same.
    private readonly record struct Reply(BlockWrite Write, SiloError? Error, Exception? Broken = null, bool Sent = false);

    /// <summary>Writes <paramref name="payload"/>; when the silo says that the key has moved, or is gone, once more to where it went.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<BlockWrite> WriteAsync(BlockKey key, ReadOnlyMemory<byte> payload, BlockWriteOptions options, CallDeadline deadline)
    {
        if (maps.Current?.OwnerOf(key) is not { } owner)
            return new(BlockWriteOutcome.Unavailable, default);
        var checksum = BlockChecksum.Of(payload.Span);
        var sent = false;
        for (var attempt = 1; ; attempt++)
        {
            var reply = await TrySendAsync(owner, key, payload, checksum, options, deadline).ConfigureAwait(false);
            sent |= reply.Sent;
            if (attempt < MostAttempts && await MovedAsync(reply, owner, key, options, deadline).ConfigureAwait(false) is { } next)
            {
                metrics.FailedOver("write");
                owner = next;
                continue;
            }

            if (reply.Broken is null && reply.Error is null)
            {
                metrics.Written(reply.Write.Outcome == BlockWriteOutcome.Accepted ? payload.Length : 0);
                return reply.Write;
            }

            deadline.ThrowIfCancelled();
            if (deadline.IsOver)
                return new(BlockWriteOutcome.DeadlineExceeded, default);
            if (reply.Error is { } error)
                return new(OutcomeOf(error, sent), default);
            maps.RefreshSoon();
            LogBroken(logger, reply.Broken!.Message);
            return new(sent ? BlockWriteOutcome.Unknown : BlockWriteOutcome.Unavailable, default);
        }
    }

    /// <summary>Whoever is to be written to now instead of <paramref name="owner"/>; null when nobody is.</summary>
    private async ValueTask<SiloLink?> MovedAsync(Reply reply, SiloLink owner, BlockKey key, BlockWriteOptions options, CallDeadline deadline)
    {
        if (reply is not ({ Error.Kind: SiloErrorKind.Moved } or { Broken: not null }) || deadline.IsOver)
            return null;
        // The first write may have happened: only of these is the second sure to find it and be content.
        var mayRepeat = KeyKinds.Default.Of(key.Span) == BlockKind.WriteOnce && options.Condition.Kind != WriteConditionKind.Exactly;
        if (reply.Sent && !mayRepeat)
            return null;
        try
        {
            if (reply.Error is { MapId: var mapId })
                return await maps.RefreshToAsync(mapId, deadline.Token).ConfigureAwait(false) ? maps.Current?.OwnerOf(key) : null;
            await maps.RefreshAsync(deadline.Token).WaitAsync(LongestRefresh, CancellationToken.None).ConfigureAwait(false);
            return maps.Current?.OwnerOf(key) is { } now && now != owner ? now : null;
        }
        catch (Exception)
        {
            return null;
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

    private BlockWriteOutcome OutcomeOf(SiloError error, bool sent)
    {
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
                // An earlier attempt of this call may have taken effect, even when this one did not.
                return sent ? BlockWriteOutcome.Unknown : BlockWriteOutcome.TryAgain;
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
