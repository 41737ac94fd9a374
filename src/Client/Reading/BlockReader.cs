using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Metrics;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire.Sockets;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Reading;

/// <summary>Reads one block from its owner.</summary>
internal sealed partial class BlockReader(ClusterMapKeeper maps, PrefixCacheClientMetrics metrics, ILogger logger)
{
    /// <summary>Reads <paramref name="key"/>; when its silo says that the key has moved, once more from where it went.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<BlockRead> ReadAsync(BlockKey key, Memory<byte> destination, CallDeadline deadline)
    {
        try
        {
            var reply = await AskAsync(key, destination, deadline).ConfigureAwait(false);
            if (reply.Error is { Kind: SiloErrorKind.Moved, MapId: var mapId }
                && await maps.RefreshToAsync(mapId, deadline.Token).ConfigureAwait(false))
            {
                reply = await AskAsync(key, destination, deadline).ConfigureAwait(false);
            }

            if (reply.Error is { } error)
            {
                LogRefused(logger, error.Text);
                return new(BlockReadOutcome.Unavailable, default, 0);
            }

            if (reply.Read.Outcome == BlockReadOutcome.Corrupt)
                LogCorrupt(logger);
            metrics.Read(reply.Read.IsHit ? reply.Read.Length : 0);
            return reply.Read;
        }
        catch (Exception error)
        {
            deadline.ThrowIfCancelled();
            if (deadline.IsOver)
                return new(BlockReadOutcome.DeadlineExceeded, default, 0);
            maps.RefreshSoon();
            LogBroken(logger, error.Message);
            return new(BlockReadOutcome.Unavailable, default, 0);
        }
    }

    private async ValueTask<BlockReply> AskAsync(BlockKey key, Memory<byte> destination, CallDeadline deadline)
    {
        if (maps.Current?.OwnerOf(key) is not { } link)
            throw new NoConnectionException("no silo is known");
        var connection = await link.Pool.RentAsync(deadline.Token).ConfigureAwait(false);
        var reusable = false;
        try
        {
            BlockReply.WriteRequest(connection.Output, key);
            await connection.Output.FlushAsync(deadline.Token).ConfigureAwait(false);
            var reply = await BlockReply.ReadAsync(connection, destination, default, deadline.Token).ConfigureAwait(false);
            reusable = reply.IsReusable;
            return reply;
        }
        finally
        {
            // Behind this are logs, meters and the caller's code.
            await SocketReactor.Leave();
            link.Pool.Return(connection, reusable);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "A silo refused a read: {Error}")]
    private static partial void LogRefused(ILogger logger, string error);

    [LoggerMessage(2, LogLevel.Error, "A block arrived with other bytes than its checksum says. It is a miss; the connection is closed.")]
    private static partial void LogCorrupt(ILogger logger);

    [LoggerMessage(3, LogLevel.Debug, "A read found no silo or lost its connection: {Reason}")]
    private static partial void LogBroken(ILogger logger, string reason);
}
