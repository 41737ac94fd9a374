using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Digests;
using KvOrleans.Client.Heat;
using KvOrleans.Client.Hedging;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Near;
using KvOrleans.Client.News;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Matching;

/// <summary>Finds a chain's leading run: each silo is asked about its part, all at the same time, and others about what is not settled then.</summary>
internal sealed partial class ChainMatcher(
    ClusterMapKeeper maps, Hedges hedges, DigestRules digests, HolderChoice choice, NearCache near, CallActivity activity, LeaseTerms terms,
    PrefixCacheClientMetrics metrics, ILogger logger)
{
    /// <summary>The blocks of a chain at most.</summary>
    public const int LongestChain = 64 * 1024;

    /// <summary>Matches <paramref name="chain"/>, of which digests rule out what they can, unless the caller wants to be <paramref name="certain"/>.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public ValueTask<PrefixMatch> MatchAsync(ReadOnlyMemory<BlockKey> chain, TimeSpan lease, bool certain, CallDeadline deadline)
    {
        var view = maps.Current;
        if (view is null || view.Links.Length == 0)
            return new(PrefixMatch.Unknown);
        activity.Called();
        var ruling = digests.Rule(view, chain.Span, certain);
        metrics.Skipped(chain.Length - ruling.Asked);
        if (ruling.Asked > 0)
            return AskAsync(view, chain, ruling, lease, deadline);
        metrics.Matched(0, chain.Length);
        return new(PrefixMatch.RuledOut);
    }

    private async ValueTask<PrefixMatch> AskAsync(ClusterView view, ReadOnlyMemory<BlockKey> chain, DigestRuling ruling, TimeSpan lease, CallDeadline deadline)
    {
        var began = terms.Clock.GetTimestamp();
        var match = await AskAsync(view, chain[..ruling.Asked], ruling.Owners, began, lease, deadline).ConfigureAwait(false);
        metrics.Matched(match.Blocks.Count, chain.Length);
        digests.Found(view, match, ruling);
        if (match.Blocks.Count == ruling.Asked && ruling.Asked < chain.Length)
            match.IsByDigest = true;
        return match;
    }

    private async ValueTask<PrefixMatch> AskAsync(
        ClusterView view, ReadOnlyMemory<BlockKey> chain, int[]? owners, long began, TimeSpan lease, CallDeadline deadline)
    {
        var pins = near.IsEmpty ? null : NearPins.Of(chain.Span, key => near.Find(view, key));
        if (pins is null && view.Links.Length == 1 && MatchParts.SizeOf(chain.Span) <= MatchParts.MostBytes
            && await AskOnlyAsync(view.Links[0], chain, began, lease, deadline).ConfigureAwait(false) is { } match)
        {
            return match;
        }

        var blocks = new ChainBlocks(chain.Span);
        var search = new ChainSearch(maps, hedges, choice, metrics, logger, blocks, lease, deadline);
        try
        {
            await search.SearchAsync(view, owners, pins).ConfigureAwait(false);
            return Conclude(search, blocks, pins, began, lease, deadline);
        }
        catch
        {
            pins?.ReleaseFrom(0);
            throw;
        }
    }

    /// <summary>The short way, when there is one silo. Null when it names others.</summary>
    private async ValueTask<PrefixMatch?> AskOnlyAsync(SiloLink link, ReadOnlyMemory<BlockKey> chain, long began, TimeSpan lease, CallDeadline deadline)
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
                return Conclude(link, channel, grant, blocks, began, deadline);
            Refused(maps, logger, link, error);
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

        return PrefixMatch.Unknown;
    }

    private PrefixMatch? Conclude(SiloLink link, LeaseChannel channel, MatchGrant grant, MatchedBlock[] blocks, long began, CallDeadline deadline)
    {
        // Looked at once: a caller who cancels from here on gets the match, and its leases with it.
        var cancelled = deadline.IsCancelled;
        var run = 0;
        while (!cancelled && run < blocks.Length && !blocks[run].Version.IsNone)
            run++;
        var isElsewhere = run < blocks.Length && blocks[run].Length == MatchRequest.Elsewhere;
        if (isElsewhere)
            run = 0;
        // A silo may have leased what it then would not say it has.
        if (grant.LeaseId != 0 && (run == 0 || grant.LastPresent >= run))
            channel.Release(grant.LeaseId, run);
        if (cancelled)
            deadline.ThrowIfCancelled();
        if (isElsewhere)
            return null;
        metrics.Asked(1, blocks.Length, blocks.Count(static block => block.Version.IsNone));
        if (run == 0)
            return PrefixMatch.Empty;
        var leases = grant.LeaseId == 0 ? null : new MatchLeases([new(channel, grant.LeaseId, 0, null, began + terms.TicksOf(grant.Granted))], terms);
        return new(new ArraySegment<MatchedBlock>(blocks, 0, run), leases is null ? TimeSpan.Zero : grant.Granted, leases, holder: link);
    }

    private PrefixMatch Conclude(ChainSearch search, ChainBlocks blocks, NearPins? pins, long began, TimeSpan lease, CallDeadline deadline)
    {
        // Looked at once, as above.
        var cancelled = deadline.IsCancelled;
        var run = cancelled ? 0 : search.Run;
        List<MatchLease>? leases = null;
        var shortest = TimeSpan.MaxValue;
        foreach (var question in search.Questions)
        {
            if (question is not { Channel: { } channel, IsLost: false, Grant: { LeaseId: not 0 } grant })
                continue;
            var kept = KeptOf(question, search, run, out var first);
            if (kept == 0 || grant.LastPresent >= kept)
                channel.Release(grant.LeaseId, kept);
            if (kept == 0)
                continue;
            (leases ??= []).Add(new(channel, grant.LeaseId, first, question.Positions, began + terms.TicksOf(grant.Granted)));
            shortest = grant.Granted < shortest ? grant.Granted : shortest;
        }

        if (cancelled)
            deadline.ThrowIfCancelled();
        metrics.Asked(search.Questions.Count, blocks.Length - (pins?.Count ?? 0), search.AbsentCount);
        pins?.ReleaseFrom(run);
        if (run == 0)
            return search.IsComplete ? PrefixMatch.Empty : PrefixMatch.Unknown;
        if (leases is null)
            shortest = pins?.Covers(run) == true ? lease : TimeSpan.Zero;
        return new(
            blocks.Leading(run), shortest, leases is null && pins is null ? null : new([.. leases ?? []], terms, pins), search.IsComplete, holders: search.LeasedBy);
    }

    /// <summary>How many of a question's keys its lease is kept for: up to the last that is read from its silo. <paramref name="first"/> is where the first of them lies in the chain.</summary>
    private static int KeptOf(MatchQuestion question, ChainSearch search, int run, out int first)
    {
        var kept = 0;
        first = 0;
        for (var i = 0; i < question.Positions.Length && question.Positions[i] is var position && position < run; i++)
        {
            if (search.LeasedBy[position] != question.Link || question.Request.Blocks[i].Version.IsNone)
                continue;
            first = kept == 0 ? position : first;
            kept = i + 1;
        }

        return kept;
    }

    /// <summary>A silo has refused. That it may not serve just now is no reason to warn with every match.</summary>
    internal static void Refused(ClusterMapKeeper maps, ILogger logger, SiloLink link, SiloError error)
    {
        if (error.Kind == SiloErrorKind.Moved)
            maps.RefreshSoon();
        else if (error.Kind == SiloErrorKind.TryAgain)
            LogBroken(logger, link.Silo.Name, error.Text);
        else
            LogRefused(logger, link.Silo.Name, error.Text);
    }

    [LoggerMessage(1, LogLevel.Warning, "Silo {Silo} refused a match: {Error}")]
    private static partial void LogRefused(ILogger logger, string silo, string error);

    [LoggerMessage(2, LogLevel.Debug, "A match could not ask silo {Silo}: {Reason}")]
    internal static partial void LogBroken(ILogger logger, string silo, string reason);
}
