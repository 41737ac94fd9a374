using KvOrleans.Client.Connections;
using KvOrleans.Client.Hedging;
using KvOrleans.Wire;

namespace KvOrleans.Client.Matching;

/// <summary>What one silo is asked of a chain, and what becomes of it.</summary>
internal sealed class MatchQuestion : IMatchWatch
{
    private readonly ChainSearch _search;
    private bool _wasLate;
    private int _isLate;
    private int _isEnded;

    /// <summary>
    /// Will ask <paramref name="link"/> for <paramref name="blocks"/>, which lie at <paramref name="positions"/> of the chain; patiently when nobody else can be asked.
    /// </summary>
    public MatchQuestion(ChainSearch search, SiloLink link, int[] positions, MatchedBlock[] blocks, TimeSpan lease, bool isPatient)
    {
        _search = search;
        Link = link;
        Positions = positions;
        Request = new(blocks, lease, isShort: true) { Watch = isPatient ? null : this };
    }

    /// <summary>The silo that is asked.</summary>
    public SiloLink Link { get; }

    /// <summary>Where in the chain the request's keys lie, in order.</summary>
    public int[] Positions { get; }

    /// <summary>What is asked.</summary>
    public MatchRequest Request { get; }

    /// <summary>Where the lease is; null when there is no answer.</summary>
    public LeaseChannel? Channel { get; private set; }

    /// <summary>The answer, when <see cref="Channel"/> is there.</summary>
    public MatchGrant Grant { get; private set; }

    /// <summary>Whether the silo was reached, and refused for now or was lost before it answered.</summary>
    public bool HasFaltered { get; private set; }

    /// <summary>Whether the search has seen that the connection of the answer has ended, and the lease with it.</summary>
    public bool IsLost { get; set; }

    /// <summary>Asking, until it has ended. Never fails.</summary>
    public Task Asking { get; private set; } = Task.CompletedTask;

    /// <summary>True when there is an answer or will be none.</summary>
    public bool IsEnded => Volatile.Read(ref _isEnded) != 0;

    /// <summary>True when the search has looked at how it ended.</summary>
    public bool IsTaken { get; set; }

    /// <summary>True when the reply is late and others may be asked as well.</summary>
    public bool IsLate => Volatile.Read(ref _isLate) != 0;

    /// <summary>True when the search has looked at its being late.</summary>
    public bool IsLateTaken { get; set; }

    /// <summary>Begins to ask, when it is its turn.</summary>
    public void Ask(SemaphoreSlim? turns, CancellationToken cancellationToken) => Asking = AskAsync(turns, cancellationToken);

    /// <inheritdoc/>
    public bool Silent(TimeSpan silence)
    {
        if (silence >= ConnectionPool.SuspectAfter)
            return true;
        if (IsLate || silence < Link.Matches.Delay)
            return false;
        var isHedged = _search.MayHedge(this);
        if (isHedged)
            Volatile.Write(ref _isLate, 1);
        if (!_wasLate)
            Link.Matches.Late();
        if (isHedged || !_wasLate)
            _search.Late();
        _wasLate = true;
        return false;
    }

    /// <inheritdoc/>
    public void Heard(TimeSpan silence) => Link.Matches.Heard(silence);

    private async Task AskAsync(SemaphoreSlim? turns, CancellationToken cancellationToken)
    {
        var hasTurn = false;
        LeaseChannel? channel = null;
        try
        {
            if (turns is not null)
            {
                await turns.WaitAsync(cancellationToken).ConfigureAwait(false);
                hasTurn = true;
            }

            channel = await Link.Leases.GetAsync(Request.Watch is null ? Timeout.InfiniteTimeSpan : ConnectionPool.Patience, cancellationToken).ConfigureAwait(false);
            // What was abandoned meanwhile is not sent.
            if (!Request.Answered.IsCompleted)
                channel.Send(Request);
            Grant = await Request.Answered.ConfigureAwait(false);
            if (Grant.Error is { } refusal)
            {
                HasFaltered = refusal.Kind is SiloErrorKind.TryAgain or SiloErrorKind.Busy;
                _search.Refused(Link, refusal);
            }
            else
            {
                Channel = channel;
                Link.Lapse.Answered();
            }
        }
        catch (OperationCanceledException)
        {
            // The search is over, or its time is.
        }
        catch (NoConnectionException) when (channel is { IsOpen: true })
        {
            // Too much is under way on it: that is no silo that cannot be reached.
            Grant = new(0, TimeSpan.Zero, -1, new SiloError(SiloErrorKind.Busy, "BUSY", 0));
        }
        catch (Exception error)
        {
            if (error is TimeoutException)
                Link.Matches.Late();
            // What a silo answers that nobody understands, it would answer again.
            HasFaltered = channel is not null && error is not RespProtocolException && error.InnerException is not RespProtocolException;
            _search.Broken(Link, error);
        }
        finally
        {
            if (HasFaltered)
                Link.Lapse.Faltered();
            if (hasTurn)
                turns!.Release();
            Volatile.Write(ref _isEnded, 1);
            _search.Ended();
        }
    }
}
