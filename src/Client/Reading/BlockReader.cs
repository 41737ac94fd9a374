using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Heat;
using KvOrleans.Client.Hedging;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Near;
using KvOrleans.Client.News;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Sockets;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Reading;

/// <summary>Reads one block from its owner, or of a hot one from any holder; a write-once block from the next in the holder order when the owner does not give it.</summary>
internal sealed partial class BlockReader(
    ClusterMapKeeper maps, Hedges hedges, HolderChoice choice, NearCache near, CallActivity activity, PrefixCacheClientMetrics metrics, ILogger logger)
{
    // Who leased or holds it, every holder once, and the owner in a newer map.
    private const int MostAttempts = Holders.Most + 2;

    // When nobody answered: those who are slow but there are asked once more, and waited for in turn.
    private const int MostRounds = 2;

    // Broken: why there is no reply.
    private readonly record struct Attempt(BlockReply Reply, Exception? Broken);

    /// <summary>Reads what is asked for; when its silo says that the key has moved, once more from where it went.</summary>
    /// <param name="question">The block, or a part of it that is as long as <paramref name="destination"/>.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="leasedBy">The silo that has leased it, and is asked first; null for the owner, or a holder of a hot one.</param>
    /// <param name="deadline">The call's time.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<BlockRead> ReadAsync(BlockQuestion question, Memory<byte> destination, SiloLink? leasedBy, CallDeadline deadline)
    {
        activity.Called();
        if (near.TryRead(maps.Current, question, destination) is { } here)
        {
            metrics.Read(here.IsHit ? here.Length : 0);
            return here;
        }

        if (leasedBy is null && maps.Current is { } view)
            leasedBy = choice.Choose(view, question.Key, "read");
        var last = new Attempt(default, new NoConnectionException("no silo is known"));
        var isAbsent = false;
        for (var round = 1; round <= MostRounds && !isAbsent && !deadline.IsOver; round++)
        {
            var tried = default(SiloLink?[]);
            var attempts = 0;
            while (attempts < MostAttempts && !deadline.IsOver && Next(question.Key, leasedBy, tried, attempts) is (var link, var holders))
            {
                // Nobody else can be asked: the first round has waited for it.
                if (round > 1 && holders.Count < 2)
                    break;
                if (attempts > 0)
                    metrics.FailedOver("read");
                // The last who can be asked is waited for.
                var isLast = attempts == 0 ? holders.Count < 2 : holders.Next([link, .. tried.AsSpan(0, attempts)]) is null;
                var race = isLast ? null : new BlockRace(link, holders, question, destination, hedges, deadline.Token);
                last = await AskAsync(link, race, round == 1, question, destination, deadline).ConfigureAwait(false);
                // The owner's word that a block is absent is enough. That it has another version is not: that one was leased elsewhere, perhaps.
                if (last is { Broken: null, Reply.Error: null }
                    && (last.Reply.Read.Outcome != BlockReadOutcome.Miss || (link == holders.Owner && question.Version.IsNone)))
                {
                    return Conclude(last.Reply, question, destination);
                }

                (tried ??= new SiloLink?[MostAttempts])[attempts++] = link;
                isAbsent |= last is { Broken: null, Reply.Error: null };
                if (last.Reply.Error is { Kind: SiloErrorKind.Moved, MapId: var mapId })
                    await RefreshToAsync(mapId, deadline).ConfigureAwait(false);
                else
                    maps.RefreshSoon();
            }
        }

        deadline.ThrowIfCancelled();
        if (isAbsent)
            return default;
        if (deadline.IsOver)
            return new(BlockReadOutcome.DeadlineExceeded, default, 0);
        if (last.Reply.Error is { } error)
            LogRefused(logger, error.Text);
        else
            LogBroken(logger, last.Broken!.Message);
        return new(BlockReadOutcome.Unavailable, default, 0);
    }

    private (SiloLink Link, Holders Holders)? Next(BlockKey key, SiloLink? leasedBy, SiloLink?[]? tried, int attempts)
    {
        if (maps.Current?.HoldersOf(key) is not { } holders)
            return null;
        if (leasedBy is { Backoff.IsHealthy: true } && !tried.AsSpan(0, attempts).Contains(leasedBy))
            return (leasedBy, holders);
        return holders.Next(tried.AsSpan(0, attempts)) is { } next ? (next, holders) : null;
    }

    private BlockRead Conclude(BlockReply reply, BlockQuestion question, Memory<byte> destination)
    {
        if (reply.Read.Outcome == BlockReadOutcome.Corrupt)
            LogCorrupt(logger);
        if (reply.Read.IsHit && question.Offset is null)
        {
            hedges.Read(reply.Read.Length, reply.Read.Length);
            if (near.IsEnabled)
                near.Keep(maps.Current, question.Key, reply.Read.Version, reply.Checksum, destination.Span[..reply.Read.Length]);
        }

        metrics.Read(reply.Read.IsHit ? reply.Read.Length : 0);
        return reply.Read;
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

    private async ValueTask<Attempt> AskAsync(
        SiloLink link, BlockRace? race, bool isFirstRound, BlockQuestion question, Memory<byte> destination, CallDeadline deadline)
    {
        SiloConnection? connection = null;
        var reusable = false;
        Attempt attempt;
        try
        {
            connection = await link.Pool.RentAsync(deadline.Token, race is not null && isFirstRound).ConfigureAwait(false);
            race?.Begin(connection);
            question.Write(connection.Output, destination.Length);
            await connection.Output.FlushAsync(deadline.Token).ConfigureAwait(false);
            attempt = new(await BlockReply.ReadAsync(connection, destination, question.Version, race, deadline.Token).ConfigureAwait(false), null);
            if (question.Offset is not null && attempt.Reply.Read is { IsHit: true } part && part.Length != destination.Length)
                throw new RespProtocolException("a part of another length came");
            reusable = attempt.Reply.IsReusable;
        }
        catch (Exception error)
        {
            attempt = new(default, error);
        }
        finally
        {
            // Before the hop: what the pool's threads take for it is not the silo's silence.
            reusable = race?.TryLetGo() != false && reusable;
            // Behind this are logs, meters and the caller's code.
            await SocketReactor.Leave();
            if (connection is not null)
                link.Pool.Return(connection, reusable);
        }

        if (race is null)
            return attempt;
        await race.EndAsync(isWanted: attempt.Broken is not null).ConfigureAwait(false);
        return race.Reply is { } reply ? new(reply, null) : attempt;
    }

    [LoggerMessage(1, LogLevel.Warning, "A silo refused a read: {Error}")]
    private static partial void LogRefused(ILogger logger, string error);

    [LoggerMessage(2, LogLevel.Error, "A block arrived with other bytes than its checksum says. It is a miss; the connection is closed.")]
    private static partial void LogCorrupt(ILogger logger);

    [LoggerMessage(3, LogLevel.Debug, "A read found no silo or lost its connection: {Reason}")]
    private static partial void LogBroken(ILogger logger, string reason);
}
