using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Silo.DataPlane.Commands;

namespace KvOrleans.Silo.DataPlane.Sessions;

/// <summary>The decisions that a session has under way, in the order of their commands, so that replies keep that order.</summary>
/// <remarks>
/// Pipelined writes to different keys are decided side by side. A write to a key that has one under way waits for it, as does every
/// command that is not a write: what a client sends on one connection takes effect in order.
/// </remarks>
internal sealed class DeferredDecisions
{
    /// <summary>How many may be under way.</summary>
    public const int Capacity = 128;

    private readonly record struct Pending(BlockKey Key, ValueTask<BlockDecision> Decision, DeferredReply Reply, DataPlaneCommand Command, long Began);

    private readonly Queue<Pending> _pending = new();
    private readonly HashSet<BlockKey> _keys = [];

    public bool IsEmpty => _pending.Count == 0;

    /// <summary>Whether a write to <paramref name="key"/> has to wait for those under way.</summary>
    public bool MustWaitFor(BlockKey key) => _pending.Count == Capacity || _keys.Contains(key);

    /// <summary>Adds one that runs, of a command that began then; 0: it is not timed.</summary>
    public void Add(BlockKey key, ValueTask<BlockDecision> decision, DeferredReply reply, DataPlaneCommand command, long began)
    {
        _pending.Enqueue(new(key, decision, reply, command, began));
        _keys.Add(key);
    }

    /// <summary>Waits for all and writes their replies.</summary>
    public async ValueTask CompleteAsync(Session session)
    {
        while (_pending.TryPeek(out var first))
        {
            var decision = await first.Decision.ConfigureAwait(false);
            _pending.Dequeue();
            _keys.Remove(first.Key);
            if (decision.Outcome is DecisionOutcome.Accepted or DecisionOutcome.AlreadyPresent or DecisionOutcome.NotReplicated)
                session.Services.Fills.Arrived(first.Key);
            first.Reply(session, session.Output, decision);
            if (first.Began != 0)
                session.Services.Commands.Ended(first.Command, first.Began);
        }
    }

    /// <summary>Waits for all, replies to none: the connection is gone.</summary>
    public async ValueTask AbandonAsync()
    {
        while (_pending.TryDequeue(out var pending))
            await pending.Decision.ConfigureAwait(false);
    }
}
