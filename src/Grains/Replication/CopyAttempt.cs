using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;

namespace KvOrleans.Grains.Replication;

/// <summary>Looks for a silo that takes a copy of a block: when one refuses, the next in the holder order is asked.</summary>
internal sealed class CopyAttempt(OfferedBlock block, OfferLane lane, OfferReason reason, SiloLife[] candidates, Offers offers)
{
    private int _next;

    /// <summary>Asks the next silo.</summary>
    /// <returns>False when there is none, or none has room in its queue.</returns>
    public bool TryNext()
    {
        while (Sender() is { } sender)
        {
            if (sender.Queue.TryAdd(Offer()))
                return true;
        }

        return false;
    }

    /// <summary>Asks the next silo as soon as there is room in its queue.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        while (Sender() is { } sender)
        {
            if (await sender.Queue.AddAsync(Offer(), cancellationToken).ConfigureAwait(false))
                return true;
        }

        return false;
    }

    private OfferSender? Sender()
    {
        while (Interlocked.Increment(ref _next) - 1 is var index && index < candidates.Length)
        {
            if (offers.To(candidates[index]) is { } sender)
                return sender;
        }

        return null;
    }

    private QueuedOffer Offer() => new(block, lane, reason) { Answered = Answered };

    /// <summary>One that was withdrawn in favour of a new sweep is that sweep's.</summary>
    private void Answered(OfferOutcome outcome)
    {
        if (outcome == OfferOutcome.Refused || (outcome == OfferOutcome.Gone && lane == OfferLane.Urgent))
            TryNext();
    }
}
