using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Hedging;
using KvOrleans.Client.Metrics;
using KvOrleans.Contracts.Blocks;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Matching;

/// <summary>Finds a chain's leading run: each silo is asked about its part, all at the same time, and others about what is not settled then.</summary>
internal sealed partial class ChainMatcher(ClusterMapKeeper maps, Hedges hedges, PrefixCacheClientMetrics metrics, ILogger logger)
{
    /// <summary>The blocks of a chain that are asked for; those behind are taken for absent.</summary>
    public const int LongestChain = 64 * 1024;

    /// <summary>Matches <paramref name="chain"/>.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<PrefixMatch> MatchAsync(ReadOnlyMemory<BlockKey> chain, TimeSpan lease, CallDeadline deadline)
    {
        var view = maps.Current;
        if (view is null || view.Links.Length == 0)
            return PrefixMatch.Unknown;

        chain = chain[..Math.Min(chain.Length, LongestChain)];
        if (view.Links.Length == 1 && MatchParts.SizeOf(chain.Span) <= MatchParts.MostBytes
            && await AskOnlyAsync(view.Links[0], chain, lease, deadline).ConfigureAwait(false) is { } match)
        {
            return match;
        }

        var blocks = new ChainBlocks(chain.Span);
        var search = new ChainSearch(maps, hedges, metrics, logger, blocks, lease, deadline);
        await search.SearchAsync(view).ConfigureAwait(false);
        return Conclude(search, blocks, deadline);
    }

    /// <summary>The short way, when there is one silo. Null when it names others.</summary>
    private async ValueTask<PrefixMatch?> AskOnlyAsync(SiloLink link, ReadOnlyMemory<BlockKey> chain, TimeSpan lease, CallDeadline deadline)
    {
        // The keys are copied (their bytes are not): the chain is the caller's, and a reply may come after the call has ended.
        var blocks = new MatchedBlock[chain.Length];
        for (var i = 0; i < blocks.Length; i++)
            blocks[i] = new(chain.Span[i], default, 0);

        // A reply that comes too late fills in the request's blocks all the same: nobody looks at them then.
        var request = new MatchRequest(blocks, lease);
        try
        {
            var channel = await link.Leases.GetAsync(deadline.Token).ConfigureAwait(false);
            channel.Send(request);
            var grant = await request.WaitAsync(deadline.Token).ConfigureAwait(false);
            if (grant.Error is not { } error)
                return Conclude(link, channel, grant, blocks, deadline);
            if (error.Kind == SiloErrorKind.Moved)
                maps.RefreshSoon();
            else
                LogRefused(logger, link.Silo.Name, error.Text);
        }
        catch (OperationCanceledException)
        {
            // Callers that cancel instead of naming a deadline must find out a dead connection too.
            link.Leases.CallWasLate();
            deadline.ThrowIfCancelled();
        }
        catch (Exception error)
        {
            maps.RefreshSoon();
            LogBroken(logger, link.Silo.Name, error.Message);
        }

        metrics.Matched(0, blocks.Length);
        return PrefixMatch.Unknown;
    }

    private PrefixMatch? Conclude(SiloLink link, LeaseChannel channel, MatchGrant grant, MatchedBlock[] blocks, CallDeadline deadline)
    {
        // Looked at once: a caller who cancels from here on gets the match, and its leases with it.
        var cancelled = deadline.IsCancelled;
        var run = 0;
        while (!cancelled && run < blocks.Length && !blocks[run].Version.IsNone)
            run++;
        var isElsewhere = run < blocks.Length && blocks[run].Length == MatchRequest.Elsewhere;
        if (isElsewhere)
            run = 0;
        if (grant.LeaseId != 0 && grant.LastPresent >= run)
            channel.Release(grant.LeaseId, run);
        if (cancelled)
            deadline.ThrowIfCancelled();
        if (isElsewhere)
            return null;
        metrics.Matched(run, blocks.Length);
        if (run == 0)
            return PrefixMatch.Empty;
        var leases = grant.LeaseId == 0 ? null : new MatchLeases([(channel, grant.LeaseId)]);
        return new(new ArraySegment<MatchedBlock>(blocks, 0, run), leases is null ? TimeSpan.Zero : grant.Granted, leases, holder: link);
    }

    private PrefixMatch Conclude(ChainSearch search, ChainBlocks blocks, CallDeadline deadline)
    {
        // Looked at once, as above.
        var cancelled = deadline.IsCancelled;
        var run = cancelled ? 0 : search.Run;
        List<(LeaseChannel, long)>? leases = null;
        var shortest = TimeSpan.MaxValue;
        foreach (var question in search.Questions)
        {
            if (question is not { Channel: { } channel, Grant: { LeaseId: not 0 } grant })
                continue;
            var kept = KeptOf(question, search, run);
            if (grant.LastPresent >= kept)
                channel.Release(grant.LeaseId, kept);
            if (kept == 0)
                continue;
            (leases ??= []).Add((channel, grant.LeaseId));
            shortest = grant.Granted < shortest ? grant.Granted : shortest;
        }

        if (cancelled)
            deadline.ThrowIfCancelled();
        metrics.Matched(run, blocks.Length);
        if (run == 0)
            return search.IsComplete ? PrefixMatch.Empty : PrefixMatch.Unknown;
        return new(
            blocks.Leading(run), leases is null ? TimeSpan.Zero : shortest, leases is null ? null : new(leases), search.IsComplete, holders: search.LeasedBy);
    }

    /// <summary>How many of a question's keys its lease is kept for: up to the last that is read from its silo.</summary>
    private static int KeptOf(MatchQuestion question, ChainSearch search, int run)
    {
        for (var i = question.Positions.Length - 1; i >= 0; i--)
        {
            var position = question.Positions[i];
            if (position < run && search.LeasedBy[position] == question.Link && !question.Request.Blocks[i].Version.IsNone)
                return i + 1;
        }

        return 0;
    }

    [LoggerMessage(1, LogLevel.Warning, "Silo {Silo} refused a match: {Error}")]
    internal static partial void LogRefused(ILogger logger, string silo, string error);

    [LoggerMessage(2, LogLevel.Debug, "A match could not ask silo {Silo}: {Reason}")]
    internal static partial void LogBroken(ILogger logger, string silo, string reason);
}
