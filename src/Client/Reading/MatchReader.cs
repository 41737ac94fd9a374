using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Heat;
using KvOrleans.Client.Hedging;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Near;
using KvOrleans.Client.News;
using KvOrleans.Client.Routing;
using KvOrleans.Wire.Sockets;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Reading;

/// <summary>Reads the leading blocks of a match, over several connections at once when there is much to read.</summary>
/// <remarks>
/// The blocks that a silo has leased are dealt out to its connections in turn, piece by piece in chain order, so that the head comes first. What a silo does not give is asked of the next in each block's
/// holder order, in another wave, when everybody is done: a block's memory has one writer at a time. When a block is not to be had, no more is asked for behind it.
/// Logs, meters and the caller's code run behind <see cref="SocketReactor.Leave"/>.
/// </remarks>
internal sealed partial class MatchReader(
    ClusterMapKeeper maps, Hedges hedges, HolderChoice choice, NearCache near, CallActivity activity, PrefixCacheClientMetrics metrics, ILogger logger)
{
    /// <summary>Who leased it, then every holder, and the owner in a newer map; and all once more when one did not answer.</summary>
    public const int MostWaves = 2 * (Holders.Most + 2);

    // Less than this is not worth a connection of its own.
    private const long SmallestPiece = 1 << 20;

    /// <summary>Reads into <paramref name="destinations"/>, which have been checked.</summary>
    /// <param name="match">What is read.</param>
    /// <param name="destinations">Where its leading blocks go.</param>
    /// <param name="deadline">The call's time.</param>
    /// <param name="progress">Is told of each block that is read; null for nobody.</param>
    /// <returns>How many leading blocks are verified.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<int> ReadAsync(PrefixMatch match, ReadOnlyMemory<Memory<byte>> destinations, CallDeadline deadline, ReadProgress? progress = null)
    {
        if (destinations.IsEmpty || maps.Current is not { Links.Length: > 0 } view)
            return 0;
        activity.Called();
        var read = new MatchRead(match.Blocks, destinations, deadline, maps, hedges, near, progress);
        using var here = NearRead.Of(near, view, match.Blocks, destinations.Length);
        var reading = ReadAsync(Divide(match, destinations.Length, view, here), read);
        try
        {
            here?.CopyTo(read);
        }
        finally
        {
            await reading.ConfigureAwait(false);
        }

        for (var wave = 1; wave < MostWaves && read.Troubled is { } unread && !deadline.IsOver; wave++)
        {
            if (unread.Take(read.Run.Length) is not { Length: > 0 } indices)
                break;
            metrics.FailedOver("read_match");
            if (unread.MovedTo > view.Map.Id)
                await RefreshToAsync(unread.MovedTo, deadline).ConfigureAwait(false);
            await ReadAsync(Divide(indices, read, unread), read).ConfigureAwait(false);
        }

        foreach (var index in read.Troubled?.Take(read.Run.Length) ?? [])
            read.Run.CutAt(index);
        deadline.ThrowIfCancelled();
        var bytes = 0L;
        for (var i = 0; i < read.Run.Length; i++)
            bytes += match.Blocks[i].Length;
        metrics.Read(bytes);
        if (read.Run.Length > 0)
            hedges.Read(Math.Max(0, bytes - (here?.Bytes ?? 0)), match.Blocks[0].Length);
        return read.Run.Length;
    }

    private async ValueTask ReadAsync(List<ReadShare> shares, MatchRead read)
    {
        if (shares.Count == 1)
        {
            await ReadAsync(shares[0], read).ConfigureAwait(false);
            return;
        }

        var reads = new Task[shares.Count];
        for (var i = 0; i < reads.Length; i++)
            reads[i] = ReadAsync(shares[i], read);
        await Task.WhenAll(reads).ConfigureAwait(false);
    }

    /// <summary>The shares at first: every block from who has leased it, unless that silo does not answer. What was near when it was matched, and is not any more, nobody has leased.</summary>
    private List<ReadShare> Divide(PrefixMatch match, int count, ClusterView view, NearRead? here)
    {
        var parts = new List<(SiloLink Link, List<int> Blocks)>();
        for (var i = 0; i < count; i++)
        {
            if (here?.Has(i) == true)
                continue;
            var holder = match.HolderOf(i) ?? choice.Choose(view, match.Blocks[i].Key, "read") ?? view.OwnerOf(match.Blocks[i].Key)!;
            if (!holder.Backoff.IsHealthy && view.HoldersOf(match.Blocks[i].Key).Next([holder]) is { Backoff.IsHealthy: true } other)
            {
                holder.Pool.Probe();
                holder = other;
            }

            Add(parts, holder, i);
        }

        return Divide(parts, match.Blocks);
    }

    private List<ReadShare> Divide(int[] indices, MatchRead read, UnreadBlocks unread)
    {
        var parts = new List<(SiloLink Link, List<int> Blocks)>();
        foreach (var index in indices)
        {
            if (maps.Current?.HoldersOf(read.Blocks[index].Key) is not { } holders || unread.Next(index, holders) is not { } link)
            {
                read.Run.CutAt(index);
                break;
            }

            Add(parts, link, index);
        }

        return Divide(parts, read.Blocks);
    }

    private static void Add(List<(SiloLink Link, List<int> Blocks)> parts, SiloLink link, int index)
    {
        foreach (var part in parts)
        {
            if (part.Link != link)
                continue;
            part.Blocks.Add(index);
            return;
        }

        parts.Add((link, [index]));
    }

    private static List<ReadShare> Divide(List<(SiloLink Link, List<int> Blocks)> parts, IReadOnlyList<MatchedBlock> blocks)
    {
        var shares = new List<ReadShare>();
        foreach (var (link, part) in parts)
            Divide(link, part, blocks, shares);
        return shares;
    }

    /// <summary>Deals a silo's blocks out to its connections, in as many even rounds as pieces of sufficient size allow.</summary>
    private static void Divide(SiloLink link, List<int> part, IReadOnlyList<MatchedBlock> blocks, List<ReadShare> shares)
    {
        var bytes = 0L;
        foreach (var index in part)
            bytes += blocks[index].Length;
        var connections = (int)Math.Clamp(bytes / SmallestPiece, 1, Math.Min(link.Pool.Most, part.Count));
        var rounds = Math.Max(1, bytes / (connections * SmallestPiece));
        var perPiece = (bytes + (connections * rounds) - 1) / (connections * rounds);
        var first = shares.Count;
        var pieces = 0;
        var inPiece = 0L;
        foreach (var index in part)
        {
            var at = first + (pieces % connections);
            if (at == shares.Count)
                shares.Add(new(link, []));
            shares[at].Blocks.Add(index);
            inPiece += blocks[index].Length;
            if (inPiece < perPiece)
                continue;
            pieces++;
            inPiece = 0;
        }
    }

    private async Task ReadAsync(ReadShare share, MatchRead read)
    {
        var received = 0;
        var race = MayRace(share, read) ? new ShareRace(share, read) : null;
        SiloConnection? connection = null;
        var reusable = false;
        try
        {
            connection = await share.Link.Pool.RentAsync(read.Deadline.Token, race is not null && read.Troubled?.IsSecondRound != true).ConfigureAwait(false);
            race?.Begin(connection);
            reusable = await ShareReader.ReadAsync(share, read, connection, race, race, (index, reply) =>
            {
                received++;
                Take(index, reply, share.Link, read);
                return true;
            }, read.Deadline.Token).ConfigureAwait(false);
            received = share.Blocks.Count;
        }
        catch (Exception error)
        {
            await SocketReactor.Leave();
            if (!read.Deadline.IsOver && race?.IsLost != true)
            {
                maps.RefreshSoon();
                LogBroken(logger, error.Message);
            }
        }
        finally
        {
            reusable = race?.TryLetGo() != false && reusable;
            await SocketReactor.Leave();
            if (connection is not null)
                share.Link.Pool.Return(connection, reusable);
        }

        if (race is not null)
            await race.EndAsync(isWanted: received < share.Blocks.Count).ConfigureAwait(false);
        for (; received < share.Blocks.Count; received++)
        {
            if (race?.HasRead(share.Blocks[received]) != true)
                read.Unread.Add(share.Blocks[received], share.Link, isAnswered: false);
        }
    }

    /// <summary>Whether all of the share may be asked of others: registers are with their owner alone.</summary>
    private bool MayRace(ReadShare share, MatchRead read)
    {
        if (maps.Current is not { Links.Length: > 1 } view)
            return false;
        foreach (var index in share.Blocks)
        {
            if (!view.HasOtherHolders(read.Blocks[index].Key))
                return false;
        }

        return true;
    }

    /// <summary>What a silo does not have is asked of the next. What it has otherwise than it was matched, or what nobody else can have, is not.</summary>
    private void Take(int index, BlockReply reply, SiloLink link, MatchRead read)
    {
        if (ShareReader.IsRead(reply, read.Blocks[index]))
            return;
        var isElsewhere = maps.Current?.HasOtherHolders(read.Blocks[index].Key) == true;
        if (reply.Error is { Kind: SiloErrorKind.Moved, MapId: var mapId })
        {
            read.Unread.Moved(mapId);
            read.Unread.Add(index, link);
            maps.RefreshSoon();
        }
        else if (reply.Error is { } error)
        {
            LeaveOrCut();
            LogRefused(logger, error.Text);
        }
        else if (reply.Read.Outcome == BlockReadOutcome.Miss && reply.Read.Version.IsNone)
        {
            LeaveOrCut();
        }
        else
        {
            read.Run.CutAt(index);
            if (reply.Read.Outcome == BlockReadOutcome.Corrupt)
                LogCorrupt(logger);
        }

        void LeaveOrCut()
        {
            if (isElsewhere)
                read.Unread.Add(index, link);
            else
                read.Run.CutAt(index);
        }
    }

    private async ValueTask RefreshToAsync(long mapId, CallDeadline deadline)
    {
        try
        {
            await maps.RefreshToAsync(mapId, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The next in the order is asked all the same.
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "A silo refused to read a matched block: {Error}")]
    private static partial void LogRefused(ILogger logger, string error);

    [LoggerMessage(2, LogLevel.Error, "A block arrived with other bytes than its checksum says. It is a miss; the connection is closed.")]
    private static partial void LogCorrupt(ILogger logger);

    [LoggerMessage(3, LogLevel.Debug, "A read of matched blocks found no silo or lost its connection: {Reason}")]
    private static partial void LogBroken(ILogger logger, string reason);
}
