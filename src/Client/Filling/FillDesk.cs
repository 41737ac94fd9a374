using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Hedging;
using KvOrleans.Client.Matching;
using KvOrleans.Contracts.Blocks;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Filling;

/// <summary>Asks owners who computes a block, takes fill leases and gives them up. They belong to the connections of matches.</summary>
internal sealed partial class FillDesk(ClusterMapKeeper maps, SilenceClock clock, ILogger logger)
{
    // The owner, and the owner in a newer map.
    private const int MostOwners = 2;

    /// <summary>Asks the owner of <paramref name="key"/> who computes it, and takes the fill lease when nobody does.</summary>
    /// <returns>The answer; null when there is none.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<FillState?> AskAsync(BlockKey key, TimeSpan lease, CallDeadline deadline)
    {
        for (var asked = 0; asked < MostOwners && maps.Current?.OwnerOf(key) is { } owner; asked++)
        {
            var keys = new BlockKey[] { key };
            var reply = await AskAsync(owner, keys, lease, isImpatient: true, deadline).ConfigureAwait(false);
            // It may be granted all the same, to nobody.
            if (reply is null || deadline.IsCancelled)
                GiveUp(owner, keys);
            deadline.ThrowIfCancelled();
            if (reply is not { Error: { } error })
                return reply?.States[0];
            if (error.Kind != SiloErrorKind.Moved || !await RefreshToAsync(error.MapId, deadline).ConfigureAwait(false))
                break;
        }

        return null;
    }

    /// <summary>Takes or renews the fill leases of all <paramref name="keys"/> that can be had. Never fails: a lease is advice.</summary>
    public async Task TakeAsync(ReadOnlyMemory<BlockKey> keys, TimeSpan lease, CallDeadline deadline) =>
        await Task.WhenAll(PartsOf(keys).Select(part => AskAsync(part.Owner, part.Keys, lease, isImpatient: false, deadline).AsTask())).ConfigureAwait(false);

    /// <summary>Gives up the fill leases of <paramref name="keys"/>, without waiting for the silos' answers.</summary>
    public void GiveUp(ReadOnlyMemory<BlockKey> keys)
    {
        foreach (var (owner, part) in PartsOf(keys))
            GiveUp(owner, part);
    }

    private static void GiveUp(SiloLink owner, BlockKey[] keys)
    {
        try
        {
            // Without the connection there are no leases.
            owner.Leases.Open?.Send(new FilledRequest(keys));
        }
        catch (NoConnectionException)
        {
            // They end with the connection, or with their time.
        }
    }

    /// <summary>Null when there is no answer in time.</summary>
    private async ValueTask<FillReply?> AskAsync(SiloLink owner, BlockKey[] keys, TimeSpan lease, bool isImpatient, CallDeadline deadline)
    {
        try
        {
            clock.Want();
            var request = new FillRequest(keys, lease, isImpatient);
            var channel = await owner.Leases.GetAsync(ConnectionPool.Patience, deadline.Token).ConfigureAwait(false);
            channel.Send(request);
            var reply = await request.Answered.WaitAsync(deadline.Token).ConfigureAwait(false);
            if (reply.Error is { Kind: SiloErrorKind.Moved })
                maps.RefreshSoon();
            else if (reply.Error is { } error)
                LogRefused(logger, owner.Silo.Name, error.Text);
            return reply;
        }
        catch (OperationCanceledException)
        {
            // Who holds leases holds them as long as the connection does.
            if (isImpatient)
                owner.Leases.CallWasLate();
        }
        catch (Exception error)
        {
            maps.RefreshSoon();
            LogBroken(logger, owner.Silo.Name, error.Message);
        }

        return null;
    }

    /// <summary>The keys by owner, in requests of a bounded size.</summary>
    private IEnumerable<(SiloLink Owner, BlockKey[] Keys)> PartsOf(ReadOnlyMemory<BlockKey> keys)
    {
        if (maps.Current is not { Links.Length: > 0 } view)
            return [];
        var parts = new MatchParts(new(keys.Span), MatchParts.MostBytes);
        var owners = new int[keys.Length];
        view.Owners.Find(keys.Span, owners);
        for (var i = 0; i < owners.Length; i++)
            parts.Add(view.Links[owners[i]], i);
        return parts.Take().Select(part => (part.Link, Array.ConvertAll(part.Positions, position => keys.Span[position])));
    }

    private async ValueTask<bool> RefreshToAsync(long mapId, CallDeadline deadline)
    {
        try
        {
            return await maps.RefreshToAsync(mapId, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            deadline.ThrowIfCancelled();
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Silo {Silo} refused to say who computes a block: {Error}")]
    private static partial void LogRefused(ILogger logger, string silo, string error);

    [LoggerMessage(2, LogLevel.Debug, "Silo {Silo} could not be asked who computes a block: {Reason}")]
    private static partial void LogBroken(ILogger logger, string silo, string reason);
}
