using System.Collections.Concurrent;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Grains.Replication;

/// <summary>Counts what a sweep has offered to each silo and what of it was answered. Thread-safe.</summary>
internal sealed class HandoffTally
{
    private readonly ConcurrentDictionary<SiloLife, Count> _counts = [];
    private long _lost;

    /// <summary>Blocks that were offered, and not given to anyone: the silo refused them, or left.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Blocks that were offered.</summary>
    public long Offered => _counts.Values.Sum(count => Volatile.Read(ref count.Offered));

    /// <summary>Blocks that were not yet answered.</summary>
    public long Open => _counts.Values.Sum(count => Math.Max(0, Volatile.Read(ref count.Open) - 1));

    /// <summary>One more is offered.</summary>
    /// <returns>What to call with the answer.</returns>
    public Action<OfferOutcome> Add(SiloLife destination)
    {
        var count = _counts.GetOrAdd(destination, static _ => new());
        Interlocked.Increment(ref count.Offered);
        Interlocked.Increment(ref count.Open);
        return outcome =>
        {
            if (outcome is OfferOutcome.Refused or OfferOutcome.Gone)
                Interlocked.Increment(ref _lost);
            count.End();
        };
    }

    /// <summary>Completes when all that was offered to a silo is answered. To be called once for each, when no more is added.</summary>
    public Task WhenAnswered(SiloLife destination)
    {
        var count = _counts.GetOrAdd(destination, static _ => new());
        count.End();
        return count.Answered.Task;
    }

    private sealed class Count
    {
        public readonly TaskCompletionSource Answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>One for the sweep itself, which may add more.</summary>
        public long Open = 1;

        public long Offered;

        public void End()
        {
            if (Interlocked.Decrement(ref Open) == 0)
                Answered.TrySetResult();
        }
    }
}
