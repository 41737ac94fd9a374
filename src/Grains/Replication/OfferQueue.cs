using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;

namespace KvOrleans.Grains.Replication;

/// <summary>The blocks to be offered to one silo: each content once, urgent ones first, so many of each lane at most. Thread-safe.</summary>
internal sealed class OfferQueue
{
    /// <summary>The most blocks of a lane.</summary>
    public const int MostOffers = 2048;

    private readonly Lock _lock = new();
    private readonly Dictionary<(BlockKey Key, BlockVersion Version), QueuedOffer> _offers = [];
    private readonly LinkedList<QueuedOffer>[] _lanes = [new(), new(), new()];
    private bool _isClosed;

    /// <summary>Beats when there is more to send, more room, or when it is closed.</summary>
    public Pulse Changed { get; } = new();

    /// <summary>Blocks that wait or are under way, and their bytes.</summary>
    public (int Blocks, long Bytes) Pending
    {
        get
        {
            lock (_lock)
                return (_offers.Count, _offers.Values.Sum(offer => (long)offer.Block.Length));
        }
    }

    /// <summary>Whether there are blocks whose bytes are limited.</summary>
    public bool HasPaced
    {
        get
        {
            lock (_lock)
                return _lanes[(int)OfferLane.Handoff].Count + _lanes[(int)OfferLane.Repair].Count > 0;
        }
    }

    /// <summary>Adds a block; one that is there already is told of to both, and goes with the more urgent.</summary>
    /// <returns>False when there is no room, or the queue is closed.</returns>
    public bool TryAdd(QueuedOffer offer)
    {
        lock (_lock)
        {
            if (_isClosed)
                return false;
            if (_offers.TryGetValue((offer.Block.Key, offer.Block.Version), out var there))
            {
                there.Answered += offer.Answered;
                if (there.Node is not null && offer.Lane < there.Lane)
                    Move(there, offer);
                else if (there is { Node: not null, Reason: OfferReason.Spare })
                    there.Reason = offer.Reason;
            }
            else
            {
                if (_lanes[(int)offer.Lane].Count >= MostOffers)
                    return false;
                _offers.Add((offer.Block.Key, offer.Block.Version), offer);
                offer.Node = _lanes[(int)offer.Lane].AddLast(offer);
            }
        }

        Changed.Beat();
        return true;
    }

    /// <summary>Adds a block as soon as there is room.</summary>
    /// <returns>False when the queue was closed.</returns>
    public async ValueTask<bool> AddAsync(QueuedOffer offer, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = Changed.Next;
            if (TryAdd(offer))
                return true;
            lock (_lock)
            {
                if (_isClosed)
                    return false;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the next blocks, all for one reason.</summary>
    /// <param name="paced">Whether those whose bytes are limited may be taken.</param>
    /// <param name="mostBytes">Beyond its first block a batch has at most so many bytes.</param>
    public List<QueuedOffer> Take(bool paced, long mostBytes = BatchSize.Most)
    {
        var batch = new List<QueuedOffer>();
        lock (_lock)
        {
            foreach (var lane in paced ? _lanes : _lanes.AsSpan(0, 1))
            {
                long bytes = 0;
                while (batch.Count < BlockOffer.MostBlocks && lane.First is { Value: var offer } node)
                {
                    bytes += offer.Block.Length;
                    if (batch.Count > 0 && (bytes - batch[0].Block.Length > mostBytes || offer.Reason != batch[0].Reason))
                        break;
                    lane.Remove(node);
                    offer.Node = null;
                    batch.Add(offer);
                }

                if (batch.Count > 0)
                    break;
            }
        }

        if (batch.Count > 0)
            Changed.Beat();
        return batch;
    }

    /// <summary>What was taken is to be offered again, after what waits.</summary>
    public void Return(QueuedOffer offer)
    {
        lock (_lock)
        {
            if (!_isClosed)
                offer.Node = _lanes[(int)offer.Lane].AddLast(offer);
        }

        Changed.Beat();
    }

    /// <summary>What was taken has been answered.</summary>
    public void Answer(QueuedOffer offer, OfferOutcome outcome)
    {
        lock (_lock)
        {
            if (!_offers.Remove((offer.Block.Key, offer.Block.Version)))
                return;
        }

        offer.Answered?.Invoke(outcome);
    }

    /// <summary>Withdraws what waits for the last sweep.</summary>
    public void Withdraw() => Drop(offer => offer is { Node: not null, Lane: not OfferLane.Urgent, Reason: not OfferReason.Drain });

    /// <summary>Withdraws everything, also what is under way, and takes no more.</summary>
    public void Close()
    {
        lock (_lock)
            _isClosed = true;
        Drop(_ => true);
    }

    private void Drop(Predicate<QueuedOffer> isToGo)
    {
        List<QueuedOffer> going;
        lock (_lock)
        {
            going = [.. _offers.Values.Where(offer => isToGo(offer))];
            foreach (var offer in going)
            {
                _offers.Remove((offer.Block.Key, offer.Block.Version));
                if (offer.Node is not null)
                    _lanes[(int)offer.Lane].Remove(offer.Node);
                offer.Node = null;
            }
        }

        foreach (var offer in going)
            offer.Answered?.Invoke(OfferOutcome.Gone);
        Changed.Beat();
    }

    private void Move(QueuedOffer there, QueuedOffer like)
    {
        _lanes[(int)there.Lane].Remove(there.Node!);
        (there.Lane, there.Reason) = (like.Lane, like.Reason);
        there.Node = _lanes[(int)there.Lane].AddLast(there);
    }
}
