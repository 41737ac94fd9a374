using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Placement;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Matching;

/// <summary>Finds a chain's leading run: each silo is asked once about its part, all at the same time.</summary>
internal sealed partial class ChainMatcher(ClusterMapKeeper maps, PrefixCacheClientMetrics metrics, ILogger logger)
{
    /// <summary>The blocks of a chain that are asked for; those behind are taken for absent.</summary>
    public const int LongestChain = 64 * 1024;

    /// <summary>The bytes of one request: less than the least that a silo may be set to accept. More of a chain is asked for beside it.</summary>
    public const int MostRequestBytes = 60 * 1024;

    // What a key takes beside its bytes: $512, two line ends.
    private const int KeyOverhead = 10;

    private readonly record struct Question(SiloLink Link, MatchRequest Request);

    private readonly record struct Answer(LeaseChannel? Channel, MatchGrant Grant);

    /// <summary>Matches <paramref name="chain"/>.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<PrefixMatch> MatchAsync(ReadOnlyMemory<BlockKey> chain, TimeSpan lease, CallDeadline deadline)
    {
        var view = maps.Current;
        if (view is null || view.Links.Length == 0)
            return PrefixMatch.Unknown;

        // The keys are copied (their bytes are not): the chain is the caller's, and a reply may come after the call has ended.
        var blocks = new MatchedBlock[Math.Min(chain.Length, LongestChain)];
        var bytes = 0L;
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] = new(chain.Span[i], default, 0);
            bytes += blocks[i].Key.Length + KeyOverhead;
        }

        if (view.Links.Length == 1 && bytes <= MostRequestBytes)
        {
            var question = new Question(view.Links[0], new(blocks, null, lease));
            return Conclude(blocks, [question], [await AskAsync(question, deadline).ConfigureAwait(false)], deadline);
        }

        var questions = Divide(view, blocks, lease);
        var answers = new Task<Answer>[questions.Length];
        for (var i = 0; i < questions.Length; i++)
            answers[i] = AskAsync(questions[i], deadline).AsTask();
        return Conclude(blocks, questions, await Task.WhenAll(answers).ConfigureAwait(false), deadline);
    }

    private static Question[] Divide(ClusterView view, MatchedBlock[] blocks, TimeSpan lease)
    {
        var parts = new (List<int>? Positions, int Bytes)[view.Links.Length];
        var questions = new List<Question>();
        for (var i = 0; i < blocks.Length; i++)
        {
            var silo = Rendezvous.OwnerOf(blocks[i].Key, view.Map);
            ref var part = ref parts[silo];
            var size = blocks[i].Key.Length + KeyOverhead;
            if (part.Bytes + size > MostRequestBytes)
                Ask(silo);
            (part.Positions ??= []).Add(i);
            part.Bytes += size;
        }

        for (var silo = 0; silo < parts.Length; silo++)
            Ask(silo);
        return [.. questions];

        void Ask(int silo)
        {
            if (parts[silo].Positions is { } positions)
                questions.Add(new(view.Links[silo], new(blocks, [.. positions], lease)));
            parts[silo] = default;
        }
    }

    private async ValueTask<Answer> AskAsync(Question question, CallDeadline deadline)
    {
        var link = question.Link;
        try
        {
            var channel = await link.Leases.GetAsync(deadline.Token).ConfigureAwait(false);
            channel.Send(question.Request);
            var grant = await question.Request.WaitAsync(deadline.Token).ConfigureAwait(false);
            if (grant.Error is not { } error)
                return new(channel, grant);
            if (error.Kind == SiloErrorKind.Moved)
                maps.RefreshSoon();
            else
                LogRefused(logger, link.Silo.Name, error.Text);
        }
        catch (OperationCanceledException)
        {
            // Callers that cancel instead of naming a deadline must find out a dead connection too.
            link.Leases.CallWasLate();
        }
        catch (Exception error)
        {
            maps.RefreshSoon();
            LogBroken(logger, link.Silo.Name, error.Message);
        }

        return default;
    }

    private PrefixMatch Conclude(MatchedBlock[] blocks, Question[] questions, Answer[] answers, CallDeadline deadline)
    {
        // A reply that comes too late may still be filling in its silo's part: nothing from there on is looked at or given out.
        // Looked at once: a caller who cancels from here on gets the match, and its leases with it.
        var cancelled = deadline.IsCancelled;
        var limit = cancelled ? 0 : blocks.Length;
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i].Channel is null)
                limit = Math.Min(limit, questions[i].Request.FirstPosition);
        }

        var run = 0;
        while (run < limit && !blocks[run].Version.IsNone)
            run++;

        List<(LeaseChannel, long)>? leases = null;
        var shortest = TimeSpan.MaxValue;
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i] is not { Channel: { } channel, Grant: { LeaseId: not 0 } grant })
                continue;
            var kept = questions[i].Request.CountBefore(run);
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
        var complete = Array.TrueForAll(answers, static answer => answer.Channel is not null);
        if (run == 0)
            return complete ? PrefixMatch.Empty : PrefixMatch.Unknown;
        IReadOnlyList<MatchedBlock> found = run == blocks.Length ? blocks : new ArraySegment<MatchedBlock>(blocks, 0, run);
        return new(found, leases is null ? TimeSpan.Zero : shortest, leases is null ? null : new(leases), complete);
    }

    [LoggerMessage(1, LogLevel.Warning, "Silo {Silo} refused a match: {Error}")]
    private static partial void LogRefused(ILogger logger, string silo, string error);

    [LoggerMessage(2, LogLevel.Debug, "A match could not ask silo {Silo}: {Reason}")]
    private static partial void LogBroken(ILogger logger, string silo, string reason);
}
