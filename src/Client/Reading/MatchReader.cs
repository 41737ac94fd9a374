using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Metrics;
using KvOrleans.Contracts.Placement;
using KvOrleans.Wire.Sockets;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Reading;

/// <summary>Reads the leading blocks of a match, over several connections at once when there is much to read.</summary>
/// <remarks>
/// Each connection reads a contiguous share of a silo's blocks, with requests sent ahead. What is sent ahead is bounded, so that the
/// requests always fit the sockets' buffers: neither side ever waits to write for the other to read. When a block does not verify, no
/// more is asked for behind it. Logs, meters and the caller's code run behind <see cref="SocketReactor.Leave"/>.
/// </remarks>
internal sealed partial class MatchReader(ClusterMapKeeper maps, PrefixCacheClientMetrics metrics, ILogger logger)
{
    // A share smaller than this is not worth a connection of its own.
    private const long SmallestShare = 1 << 20;

    // 24 requests of at most 600 bytes: less than what the smallest socket buffers hold.
    private const int MostAhead = 24;
    private const int RefillBelow = MostAhead / 2;
    private const long MostBytesAhead = 8 << 20;

    private readonly record struct Share(SiloLink Link, ArraySegment<int> Blocks);

    /// <summary>Reads into <paramref name="destinations"/>, which have been checked.</summary>
    /// <returns>How many leading blocks are verified.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<int> ReadAsync(IReadOnlyList<MatchedBlock> blocks, ReadOnlyMemory<Memory<byte>> destinations, CallDeadline deadline)
    {
        var run = new LeadingRun(destinations.Length);
        var shares = Divide(blocks, destinations.Length);
        if (shares.Count == 1)
        {
            await ReadShareAsync(shares[0], blocks, destinations, run, deadline).ConfigureAwait(false);
        }
        else
        {
            var reads = new Task[shares.Count];
            for (var i = 0; i < reads.Length; i++)
                reads[i] = ReadShareAsync(shares[i], blocks, destinations, run, deadline);
            await Task.WhenAll(reads).ConfigureAwait(false);
        }

        deadline.ThrowIfCancelled();
        if (shares.Count == 0)
            return 0;
        var bytes = 0L;
        for (var i = 0; i < run.Length; i++)
            bytes += blocks[i].Length;
        metrics.Read(bytes);
        return run.Length;
    }

    /// <summary>The shares of all silos; none when no silo is known.</summary>
    private List<Share> Divide(IReadOnlyList<MatchedBlock> blocks, int count)
    {
        var shares = new List<Share>();
        if (maps.Current is not { Links.Length: > 0 } view || count == 0)
            return shares;
        var parts = new List<int>?[view.Links.Length];
        for (var i = 0; i < count; i++)
            (parts[Rendezvous.OwnerOf(blocks[i].Key, view.Map)] ??= []).Add(i);
        for (var silo = 0; silo < parts.Length; silo++)
        {
            if (parts[silo] is { } part)
                Divide(view.Links[silo], [.. part], blocks, shares);
        }

        return shares;
    }

    private static void Divide(SiloLink link, int[] part, IReadOnlyList<MatchedBlock> blocks, List<Share> shares)
    {
        var bytes = 0L;
        foreach (var index in part)
            bytes += blocks[index].Length;
        var wanted = Math.Clamp(bytes / SmallestShare, 1, Math.Min(link.Pool.Most, part.Length));
        var perShare = (bytes + wanted - 1) / wanted;
        var start = 0;
        var inShare = 0L;
        for (var i = 0; i < part.Length; i++)
        {
            inShare += blocks[part[i]].Length;
            if (inShare < perShare && i + 1 < part.Length)
                continue;
            shares.Add(new(link, new(part, start, i + 1 - start)));
            start = i + 1;
            inShare = 0;
        }
    }

    private async Task ReadShareAsync(
        Share share, IReadOnlyList<MatchedBlock> blocks, ReadOnlyMemory<Memory<byte>> destinations, LeadingRun run, CallDeadline deadline)
    {
        var received = 0;
        SiloConnection? connection = null;
        var reusable = false;
        try
        {
            connection = await share.Link.Pool.RentAsync(deadline.Token).ConfigureAwait(false);
            var sent = 0;
            var bytesAhead = 0L;
            while (received < share.Blocks.Count)
            {
                if (sent - received <= RefillBelow)
                {
                    Request(share, blocks, run, connection, received, ref sent, ref bytesAhead);
                    await connection.Output.FlushAsync(deadline.Token).ConfigureAwait(false);
                }

                if (sent == received)
                    break;
                var index = share.Blocks[received];
                var block = blocks[index];
                var reply = await BlockReply.ReadAsync(connection, destinations.Span[index][..block.Length], block.Version, deadline.Token).ConfigureAwait(false);
                bytesAhead -= block.Length;
                if (!reply.Read.IsHit || reply.Read.Length != block.Length)
                {
                    await SocketReactor.Leave();
                    run.CutAt(index);
                    Note(reply);
                }

                received++;
                if (!reply.IsReusable)
                    return;
            }

            reusable = true;
        }
        catch (Exception error)
        {
            await SocketReactor.Leave();
            run.CutAt(share.Blocks[received]);
            if (!deadline.IsOver)
            {
                maps.RefreshSoon();
                LogBroken(logger, error.Message);
            }
        }
        finally
        {
            await SocketReactor.Leave();
            if (connection is not null)
                share.Link.Pool.Return(connection, reusable);
        }
    }

    private static void Request(
        Share share, IReadOnlyList<MatchedBlock> blocks, LeadingRun run, SiloConnection connection, int received, ref int sent, ref long bytesAhead)
    {
        while (sent < share.Blocks.Count && share.Blocks[sent] < run.Length && sent - received < MostAhead)
        {
            var block = blocks[share.Blocks[sent]];
            if (sent - received >= 2 && bytesAhead + block.Length > MostBytesAhead)
                return;
            BlockReply.WriteRequest(connection.Output, block.Key, block.Version);
            bytesAhead += block.Length;
            sent++;
        }
    }

    private void Note(BlockReply reply)
    {
        if (reply.Error is { Kind: SiloErrorKind.Moved })
            maps.RefreshSoon();
        else if (reply.Error is { } error)
            LogRefused(logger, error.Text);
        else if (reply.Read.Outcome == BlockReadOutcome.Corrupt)
            LogCorrupt(logger);
    }

    [LoggerMessage(1, LogLevel.Warning, "A silo refused to read a matched block: {Error}")]
    private static partial void LogRefused(ILogger logger, string error);

    [LoggerMessage(2, LogLevel.Error, "A block arrived with other bytes than its checksum says. It is a miss; the connection is closed.")]
    private static partial void LogCorrupt(ILogger logger);

    [LoggerMessage(3, LogLevel.Debug, "A read of matched blocks found no silo or lost its connection: {Reason}")]
    private static partial void LogBroken(ILogger logger, string reason);
}
