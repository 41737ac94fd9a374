using KvOrleans.Client.Connections;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Near;

namespace KvOrleans.Client.Matching;

/// <summary>The leases of one match, each on the channel that it belongs to, and what it keeps near. Thread-safe.</summary>
/// <param name="leases">The leases; none when all of the match is near.</param>
/// <param name="terms">What all matches have in common.</param>
/// <param name="pins">What is near of the match; null for nothing.</param>
internal sealed class MatchLeases(MatchLease[] leases, LeaseTerms terms, NearPins? pins = null)
{
    private readonly Lock _gate = new();
    private int _kept = int.MaxValue;

    /// <summary>How long a call may take that names no deadline.</summary>
    public TimeSpan DefaultDeadline => terms.DefaultDeadline;

    /// <summary>How many leading blocks of the match are leased still, as far as is known: all, or those before the first whose lease has ended.</summary>
    public int Kept => Volatile.Read(ref _kept);

    /// <summary>Ends the leases without waiting for the answers.</summary>
    public void Release()
    {
        lock (_gate)
        {
            foreach (var lease in leases)
                lease.ReleaseFrom(0);
            pins?.ReleaseFrom(0);
            _kept = 0;
        }
    }

    /// <summary>Ends the leases and waits until the silos have said so.</summary>
    public async ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        pins?.ReleaseFrom(0);
        var answers = new List<Task>(leases.Length);
        foreach (var lease in Open())
        {
            var request = new ReleaseRequest(lease.Id);
            if (TrySend(lease, request))
                answers.Add(request.Answered);
        }

        await Task.WhenAll(answers).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks each silo for more time.</summary>
    /// <returns>What is left of the shortest lease that goes on; zero when none does.</returns>
    public async ValueTask<TimeSpan> ExtendAsync(TimeSpan more, CallDeadline deadline)
    {
        // What is near needs no lease.
        if (leases.Length == 0)
            return more;
        var open = Open();
        var askedAt = terms.Clock.GetTimestamp();
        var answers = new Task<TimeSpan?>[open.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var request = new ExtendRequest(open[i].Id, more);
            answers[i] = TrySend(open[i], request) ? request.Answered : Task.FromResult<TimeSpan?>(open[i].Channel.IsOpen ? null : TimeSpan.Zero);
        }

        try
        {
            await Task.WhenAll(answers).WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Who has not answered has the lease that it had.
        }

        lock (_gate)
        {
            for (var i = 0; i < answers.Length; i++)
            {
                if (answers[i] is { IsCompletedSuccessfully: true, Result: { } granted })
                    open[i].Until = askedAt + terms.TicksOf(granted);
            }

            return Settle();
        }
    }

    /// <summary>Under the gate: gives up what lies behind a lease that has ended.</summary>
    private TimeSpan Settle()
    {
        var now = terms.Clock.GetTimestamp();
        var shortest = long.MaxValue;
        foreach (var lease in leases)
        {
            if (lease.IsOver || lease.Until > now)
                continue;
            lease.IsOver = true;
            _kept = Math.Min(_kept, lease.First);
        }

        if (_kept < int.MaxValue)
            pins?.ReleaseFrom(_kept);
        foreach (var lease in leases)
        {
            if (_kept < int.MaxValue)
                lease.ReleaseFrom(_kept);
            if (!lease.IsOver)
                shortest = Math.Min(shortest, lease.Until - now);
        }

        return shortest == long.MaxValue ? TimeSpan.Zero : terms.TimeOf(shortest);
    }

    private List<MatchLease> Open()
    {
        lock (_gate)
            return [.. leases.Where(static lease => !lease.IsOver)];
    }

    private static bool TrySend(MatchLease lease, LeaseRequest request)
    {
        try
        {
            lease.Channel.Send(request);
            return true;
        }
        catch (NoConnectionException)
        {
            return false;
        }
    }
}
