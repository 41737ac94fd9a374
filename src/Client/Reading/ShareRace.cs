using KvOrleans.Client.Connections;
using KvOrleans.Wire.Sockets;

namespace KvOrleans.Client.Reading;

/// <summary>A share's reads. When its silo is late, the next holder of the awaited block is asked for it and for what else of the share it should have.</summary>
internal sealed class ShareRace(ReadShare share, MatchRead read) : ReadRace(share.Link, read.Hedges, read.Deadline.Token)
{
    private HashSet<int>? _got;

    /// <summary>Whether the hedge has read block <paramref name="index"/>. To be asked when it has ended.</summary>
    public bool HasRead(int index) => _got?.Contains(index) == true;

    /// <inheritdoc/>
    protected override long CostOf(int round) =>
        NextOf(share.Blocks[round]) is { Backoff.IsHealthy: true } ? Math.Max(1, read.Blocks[share.Blocks[round]].Length) : 0;

    /// <inheritdoc/>
    protected override async Task HedgeAsync(int round, CancellationToken cancellationToken)
    {
        if (NextOf(share.Blocks[round]) is not { } other)
            return;
        var connection = await other.Pool.RentAsync(cancellationToken, impatient: true).ConfigureAwait(false);
        var reusable = false;
        try
        {
            var part = new ReadShare(other, PartOf(other, round));
            var claim = new HedgeClaim(this, round, other, connection);
            reusable = await ShareReader.ReadAsync(part, read, connection, claim, null, (index, reply) =>
            {
                if (ShareReader.IsRead(reply, read.Blocks[index]))
                    (_got ??= []).Add(index);
                else if (IsLost)
                    read.Unread.Add(index, other);
                // The first must be had, or the hedge has lost.
                return IsLost;
            }, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await SocketReactor.Leave();
            other.Pool.Return(connection, reusable);
        }
    }

    private SiloLink? NextOf(int index) => read.Maps.Current?.HoldersOf(read.Blocks[index].Key).Next([Link]);

    /// <summary>The blocks from <paramref name="round"/> on that <paramref name="other"/> is the next to hold, as far as there is budget.</summary>
    private int[] PartOf(SiloLink other, int round)
    {
        var part = new List<int> { share.Blocks[round] };
        for (var i = round + 1; i < share.Blocks.Count && share.Blocks[i] < read.Run.Length; i++)
        {
            var index = share.Blocks[i];
            if (NextOf(index) != other)
                continue;
            if (!Hedges.TryBegin(read.Blocks[index].Length, !Link.Backoff.IsHealthy))
                break;
            part.Add(index);
        }

        return [.. part];
    }
}
