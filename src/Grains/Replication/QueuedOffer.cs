using KvOrleans.Contracts.Control;

namespace KvOrleans.Grains.Replication;

/// <summary>A block on its way to be offered. Changes under its queue's lock.</summary>
internal sealed class QueuedOffer(OfferedBlock block, OfferLane lane, OfferReason reason)
{
    public OfferedBlock Block { get; } = block;

    public OfferLane Lane { get; set; } = lane;

    public OfferReason Reason { get; set; } = reason;

    /// <summary>Refuse rather than try again.</summary>
    public bool IsOnce { get; init; }

    public int Refusals { get; set; }

    /// <summary>Who wants to know what became of it. Called outside of the lock.</summary>
    public Action<OfferOutcome>? Answered { get; set; }

    /// <summary>Its place in the queue; null when it is under way.</summary>
    public LinkedListNode<QueuedOffer>? Node { get; set; }
}
