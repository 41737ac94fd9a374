using System.Buffers.Text;
using System.Globalization;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Metrics;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;
using KvOrleans.Wire.Sockets;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Writing;

/// <summary>Writes one block to its owner.</summary>
internal sealed partial class BlockWriter(ClusterMapKeeper maps, PrefixCacheClientMetrics metrics, ILogger logger)
{
    // What is sent between two signs of life: a large payload on a slow line is not a silo that does not answer.
    private const int ProgressBytes = 4 << 20;

    private readonly record struct Reply(BlockWrite Write, SiloError? Error);

    /// <summary>Writes <paramref name="payload"/>; when the silo says that the key has moved, once more to where it went.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<BlockWrite> WriteAsync(BlockKey key, ReadOnlyMemory<byte> payload, BlockWriteOptions options, CallDeadline deadline)
    {
        try
        {
            if (maps.Current is not { Links.Length: > 0 })
                return new(BlockWriteOutcome.Unavailable, default);
            var checksum = BlockChecksum.Of(payload.Span);
            var reply = await SendAsync(key, payload, checksum, options, deadline).ConfigureAwait(false);
            if (reply.Error is { Kind: SiloErrorKind.Moved, MapId: var mapId }
                && await maps.RefreshToAsync(mapId, deadline.Token).ConfigureAwait(false))
            {
                reply = await SendAsync(key, payload, checksum, options, deadline).ConfigureAwait(false);
            }

            if (reply.Error is { } error)
                return new(OutcomeOf(error), default);
            metrics.Written(reply.Write.Outcome == BlockWriteOutcome.Accepted ? payload.Length : 0);
            return reply.Write;
        }
        catch (Exception error)
        {
            deadline.ThrowIfCancelled();
            if (deadline.IsOver)
                return new(BlockWriteOutcome.DeadlineExceeded, default);
            maps.RefreshSoon();
            LogBroken(logger, error.Message);
            return new(BlockWriteOutcome.Unavailable, default);
        }
    }

    private async ValueTask<Reply> SendAsync(
        BlockKey key, ReadOnlyMemory<byte> payload, BlockChecksum checksum, BlockWriteOptions options, CallDeadline deadline)
    {
        if (maps.Current?.OwnerOf(key) is not { } link)
            throw new NoConnectionException("no silo is known");
        var connection = await link.Pool.RentAsync(deadline.Token).ConfigureAwait(false);
        var reusable = false;
        try
        {
            var output = connection.Output;
            WriteHead(output, key, options, checksum, payload.Length);
            while (payload.Length > ProgressBytes)
            {
                await output.WritePayloadAsync(payload[..ProgressBytes], deadline.Token).ConfigureAwait(false);
                payload = payload[ProgressBytes..];
                connection.Progressed();
            }

            await output.WritePayloadEndAsync(payload, deadline.Token).ConfigureAwait(false);
            await output.FlushAsync(deadline.Token).ConfigureAwait(false);
            connection.Progressed();
            var reply = await ReadReplyAsync(connection, deadline.Token).ConfigureAwait(false);
            reusable = true;
            return reply;
        }
        finally
        {
            // Behind this are logs, meters and the caller's code.
            await SocketReactor.Leave();
            link.Pool.Return(connection, reusable);
        }
    }

    private static void WriteHead(RespOutput output, BlockKey key, BlockWriteOptions options, BlockChecksum checksum, int length)
    {
        Span<byte> text = stackalloc byte[BlockVersion.MaxTextLength];
        output.WriteArrayHeader(6);
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

    private BlockWriteOutcome OutcomeOf(SiloError error)
    {
        switch (error.Kind)
        {
            case SiloErrorKind.OutOfSpace:
                return BlockWriteOutcome.OutOfSpace;
            case SiloErrorKind.Busy:
                return BlockWriteOutcome.Busy;
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
