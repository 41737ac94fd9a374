using System.Net;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Heat;
using KvOrleans.Client.Hedging;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Near;
using KvOrleans.Client.Routing;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Matching;

/// <summary>One match over several silos: asks each key's owner, and of others what the owner does not answer, until the leading run is settled.</summary>
/// <remarks>
/// A key is settled when a silo has it or its owner says that it is absent. One that is neither is asked of those whom its owner names (a handoff is under way), of
/// the owner in a newer map, or of the next in its holder order: first one of them, then a few at a time, until all were asked, <see cref="Holders.Most"/> at
/// the most. Keys behind one that is absent are let be.
/// All of a search runs in one place; what other threads do is to wake it.
/// </remarks>
internal sealed partial class ChainSearch(
    ClusterMapKeeper maps, Hedges hedges, HolderChoice choice, PrefixCacheClientMetrics metrics, ILogger logger, ChainBlocks chain, TimeSpan lease, CallDeadline deadline)
{
    // A key is asked of so many at once, when the owner and the first of the others have not settled it.
    private const int AskedAtOnce = 3;

    // How often a key is asked for, one after another: what bounds it is that no silo is asked twice.
    private const int MostAsked = Holders.Most + 2;

    // Requests of a long chain to one silo that are under way at a time: it has the next when it is done with one. The rest waits here, where a match that is settled spares it.
    private const int MostUnderWay = 4;

    // What a key and its answer take on the wire, for the hedges' budget.
    private const int BytesPerKey = 128;

    private static readonly TimeSpan LongestRefresh = TimeSpan.FromMilliseconds(500);

    private readonly List<MatchQuestion> _questions = [];
    private readonly KeyState[] _states = new KeyState[chain.Length];
    private readonly SiloLink?[] _holders = new SiloLink?[chain.Length];
    private readonly SemaphoreSlim _wake = new(0);
    private Dictionary<SiloLink, SemaphoreSlim>? _turns;
    private CancellationTokenSource? _ending;
    private KeyTrail?[]? _trails;
    private int _gap = chain.Length;
    private int _running;
    private long _newerMap;
    private bool _hasRefreshed;
    private bool _isUneven;

    /// <summary>How many leading keys are there.</summary>
    public int Run { get; private set; }

    /// <summary>
    /// Whether all was asked that could be asked for the key behind the run: its owner, or all others of whom one has answered, and nobody who was reached
    /// left it open.
    /// </summary>
    public bool IsComplete => IsCertain || (_states[Run] == KeyState.Exhausted && !deadline.IsOver && !IsAwaited(Run)
        && _trails?[Run] is { IsAnswered: true, IsDoubtful: false, IsRefused: false } && _newerMap <= maps.Current?.Map.Id);

    private bool IsCertain => Run == chain.Length || _states[Run] == KeyState.Absent;

    /// <summary>How many keys a silo has said not to have, and none to have.</summary>
    public int AbsentCount => _states.Count(static state => state is KeyState.Absent or KeyState.Exhausted);

    /// <summary>The questions that were asked; all have ended when the search has.</summary>
    public IReadOnlyList<MatchQuestion> Questions => _questions;

    /// <summary>Which silo has leased each key of the run.</summary>
    public SiloLink?[] LeasedBy => _holders;

    /// <summary>Searches until the run is settled or the time is over.</summary>
    /// <param name="view">The map by which to ask first.</param>
    /// <param name="owners">The keys' owners in that map, when they have been looked for already.</param>
    /// <param name="near">What need not be asked for; null for nothing.</param>
    public async ValueTask SearchAsync(ClusterView view, int[]? owners, NearPins? near)
    {
        if (view.Links.Length > 1)
            hedges.Clock.Want();
        AskOwners(view, owners, near);
        try
        {
            while (!IsSettled())
            {
                if (_newerMap > (maps.Current ?? view).Map.Id && !_hasRefreshed)
                    await RefreshAsync().ConfigureAwait(false);
                if (!AskFurther() && !await WaitAsync().ConfigureAwait(false) && !await AgainAsync().ConfigureAwait(false))
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            // What is known now is the match. Callers that cancel instead of naming a deadline must find out a dead connection too.
            foreach (var question in _questions)
            {
                if (!question.IsEnded)
                    question.Link.Leases.CallWasLate();
            }
        }
        finally
        {
            foreach (var question in _questions)
            {
                if (!question.IsEnded)
                    question.Request.Abandon();
            }

            _ending?.Cancel();
            foreach (var question in _questions)
                await question.Asking.ConfigureAwait(false);
            _ending?.Dispose();
        }
    }

    /// <summary>A question is late: from now on the search looks at every answer as it comes, not when all are there.</summary>
    public void Late()
    {
        Volatile.Write(ref _isUneven, true);
        _wake.Release();
    }

    /// <summary>A question has ended, or all owners are asked.</summary>
    public void Ended()
    {
        if (Interlocked.Decrement(ref _running) == 0 || Volatile.Read(ref _isUneven))
            _wake.Release();
    }

    /// <summary>Whether others may be asked as well, for <paramref name="question"/> is late.</summary>
    public bool MayHedge(MatchQuestion question)
    {
        var may = hedges.TryBegin((long)question.Positions.Length * BytesPerKey, !question.Link.Backoff.IsHealthy);
        if (may)
            hedges.Ended("match", "asked");
        return may;
    }

    /// <summary>A silo could not be asked.</summary>
    public void Broken(SiloLink link, Exception error)
    {
        maps.RefreshSoon();
        ChainMatcher.LogBroken(logger, link.Silo.Name, error.Message);
    }

    /// <summary>A silo has refused.</summary>
    public void Refused(SiloLink link, SiloError error) => ChainMatcher.Refused(maps, logger, link, error);

    /// <summary>Takes in what has come. True when the leading run is known.</summary>
    private bool IsSettled()
    {
        foreach (var question in _questions)
        {
            if (question.IsEnded && !question.IsTaken)
                Take(question);
            else if (question.IsLate && !question.IsTaken && !question.IsLateTaken)
                TakeLate(question);
        }

        while (Run < chain.Length && _states[Run] == KeyState.Found)
            Run++;
        return IsCertain;
    }

    private void Take(MatchQuestion question)
    {
        question.IsTaken = true;
        var grant = question.Grant;
        if (question.Channel is null)
            _newerMap = Math.Max(_newerMap, grant.Error is { Kind: SiloErrorKind.Moved, MapId: var moved } ? moved : 0);
        else
            _newerMap = Math.Max(_newerMap, grant.MapId);
        for (var i = 0; i < question.Positions.Length; i++)
        {
            var position = question.Positions[i];
            var answer = question.Request.Blocks[i];
            var trail = _trails?[position];
            if (trail is not null && !question.IsLateTaken)
                trail.Waiting--;
            if (_states[position] == KeyState.Found)
                continue;
            var isHere = question.Channel is not null && !answer.Version.IsNone;
            var isAbsent = question.Channel is not null && !isHere && answer.Length != MatchRequest.Elsewhere && MaySayAbsent(position, question.Link, trail);
            if (question.Channel is null ? grant.Error is not null || question.HasFaltered : !isHere && !isAbsent)
                Unsettled(position, question);
            if (isHere)
                Found(position, answer, question.Link);
            else if (isAbsent)
                Absent(position);
            else if (_states[position] is KeyState.Asked or KeyState.Exhausted && !question.IsLateTaken)
                Missed(position, question.Link, grant.Others);
            else if (grant.Others is { Count: > 0 })
                Missed(position, question.Link, grant.Others);
        }
    }

    /// <summary>Only a key's owner says that it is absent. One without a trail was asked of nobody else.</summary>
    private bool MaySayAbsent(int position, SiloLink link, KeyTrail? trail) =>
        trail is null || maps.Current is not { } view || view.OwnerOf(chain[position].Key) == link;

    private void Found(int position, MatchedBlock answer, SiloLink? link)
    {
        chain[position] = answer;
        _states[position] = KeyState.Found;
        _holders[position] = link;
        // It may have been taken for the gap.
        if (position == _gap)
            _gap = Math.Max(_gap, Array.FindIndex(_states, position, static state => state == KeyState.Absent) is var next and >= 0 ? next : chain.Length);
    }

    private void Absent(int position)
    {
        _states[position] = KeyState.Absent;
        _gap = Math.Min(_gap, position);
    }

    /// <summary>A silo was reached and has not settled a key: who owns it and cannot say now, for it has an old map or another reason, or refuses, may say more later.</summary>
    private void Unsettled(int position, MatchQuestion question)
    {
        var trail = TrailOf(position, question.Link);
        var grant = question.Grant;
        if (question.HasFaltered)
            trail.Faltered(question.Link);
        if (grant.Error is not null)
            trail.Refused(question.Link);
        if (question.Channel is null)
            return;
        trail.IsAnswered = true;
        trail.IsDoubtful |= grant.Others is null && maps.Current is { } view && view.Map.Id >= grant.MapId && view.OwnerOf(chain[position].Key) == question.Link;
    }

    private void TakeLate(MatchQuestion question)
    {
        question.IsLateTaken = true;
        foreach (var position in question.Positions)
        {
            if (_trails?[position] is { } trail)
                trail.Waiting--;
            if (_states[position] == KeyState.Asked)
                Missed(position, question.Link, null);
        }
    }

    private void Missed(int position, SiloLink link, IReadOnlyList<IPEndPoint>? others)
    {
        _states[position] = KeyState.Open;
        var trail = TrailOf(position, link);
        trail.Others = others ?? trail.Others;
    }

    private KeyTrail TrailOf(int position, SiloLink first) => (_trails ??= new KeyTrail?[chain.Length])[position] ??= new(first);

    /// <summary>Asks for the open keys before the gap. False when there was nothing to ask.</summary>
    private bool AskFurther()
    {
        if (_trails is null || maps.Current is not { Links.Length: > 0 } view)
            return false;
        var parts = new MatchParts(chain, MatchParts.MostBytes);
        for (var i = Run; i < _gap; i++)
        {
            if (_states[i] != KeyState.Open || _trails[i] is not { Waiting: <= 0 } trail)
                continue;
            if (!TryAskFurther(i, trail, view, parts))
            {
                // What lies behind it counts only if it is found after all.
                _states[i] = KeyState.Exhausted;
                break;
            }
        }

        if (!Ask(parts.Take(), isPatient: false))
            return false;
        metrics.FailedOver("match");
        return true;
    }

    private bool TryAskFurther(int position, KeyTrail trail, ClusterView view, MatchParts parts)
    {
        if (trail.Asked >= MostAsked)
            return false;
        trail.Waiting = 0;
        foreach (var link in trail.TakeAgain())
        {
            if (trail.TryAdd(link))
                Add(link);
        }

        foreach (var endpoint in trail.Others ?? [])
        {
            if (view.At(endpoint) is { } other && trail.TryAdd(other))
                Add(other);
        }

        trail.Others = null;
        if (trail.Waiting == 0)
        {
            var holders = view.HoldersOf(chain[position].Key);
            var most = trail.Asked == 1 ? 1 : AskedAtOnce;
            while (trail.Waiting < most && holders.Next(trail.Links) is { } next && trail.TryAdd(next))
                Add(next);
        }

        if (trail.Waiting == 0)
            return false;
        trail.Asked++;
        _states[position] = KeyState.Asked;
        return true;

        void Add(SiloLink link)
        {
            trail.Waiting++;
            parts.Add(link, position);
        }
    }

    private bool Ask(IReadOnlyList<(SiloLink Link, int[] Positions)> parts, bool isPatient)
    {
        var first = _questions.Count;
        foreach (var (link, positions) in parts)
        {
            var blocks = new MatchedBlock[positions.Length];
            for (var i = 0; i < blocks.Length; i++)
                blocks[i] = new(chain[positions[i]].Key, default, 0);
            _questions.Add(new(this, link, positions, blocks, lease, isPatient));
        }

        Interlocked.Add(ref _running, _questions.Count - first);
        for (var i = first; i < _questions.Count; i++)
            Ask(_questions[i]);
        return _questions.Count > first;
    }

    private void Ask(MatchQuestion question)
    {
        SemaphoreSlim? turns = null;
        if (_turns is not null && !_turns.TryGetValue(question.Link, out turns))
            _turns.Add(question.Link, turns = new(MostUnderWay));
        // One that waits, for its turn or for a connection, may be spared by what the others know, and must not hold up the end then.
        if (turns is not null || question.Link.Leases.Open is null)
        {
            Volatile.Write(ref _isUneven, true);
            _ending ??= CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
        }

        question.Ask(turns, _ending?.Token ?? deadline.Token);
    }

    /// <summary>Waits for news. False when none can come that matters.</summary>
    private async ValueTask<bool> WaitAsync()
    {
        if (!IsAwaited(Run))
            return false;
        await _wake.WaitAsync(deadline.Token).ConfigureAwait(false);
        return true;
    }

    private bool IsAwaited(int position)
    {
        foreach (var question in _questions)
        {
            if (!question.IsTaken && Array.BinarySearch(question.Positions, position) >= 0)
                return true;
        }

        return false;
    }

    private async ValueTask RefreshAsync()
    {
        _hasRefreshed = true;
        try
        {
            // Not the call's token: what is left behind here may use it when it is another call's.
            using var limit = new CancellationTokenSource(LongestRefresh);
            await maps.RefreshToAsync(_newerMap, limit.Token).WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception) when (!deadline.IsOver)
        {
            // The next in the order are asked all the same.
        }
    }
}
