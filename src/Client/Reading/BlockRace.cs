using KvOrleans.Client.Connections;
using KvOrleans.Client.Hedging;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire.Sockets;

namespace KvOrleans.Client.Reading;

/// <summary>The read of one block, for which the next in the holder order may be asked as well.</summary>
internal sealed class BlockRace(
    SiloLink link, Holders holders, BlockKey key, Memory<byte> destination, Hedges hedges, CancellationToken cancellationToken)
    : ReadRace(link, hedges, cancellationToken)
{
    /// <summary>What the hedge brought; null when it brought nothing.</summary>
    public BlockReply? Reply { get; private set; }

    /// <inheritdoc/>
    protected override long CostOf(int round) => Other is { Backoff.IsHealthy: true } ? Math.Max(1, Hedges.LikelyLength(destination.Length)) : 0;

    /// <inheritdoc/>
    protected override async Task HedgeAsync(int round, CancellationToken cancellationToken)
    {
        if (Other is not { } other)
            return;
        var connection = await other.Pool.RentAsync(cancellationToken, impatient: true).ConfigureAwait(false);
        var reusable = false;
        try
        {
            BlockReply.WriteRequest(connection.Output, key);
            await connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            var reply = await BlockReply.ReadAsync(
                connection, destination, default, new HedgeClaim(this, round, other, connection), cancellationToken).ConfigureAwait(false);
            reusable = reply.IsReusable;
            if (IsLost)
                Reply = reply;
        }
        finally
        {
            await SocketReactor.Leave();
            other.Pool.Return(connection, reusable);
        }
    }

    private SiloLink? Other => holders.Next([Link]);
}
