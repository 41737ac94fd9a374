using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Placement;
using KvOrleans.Grains.Registers;
using KvOrleans.Grains.Replication;
using KvOrleans.Storage;
using KvOrleans.Storage.Staging;
using Orleans.Concurrency;
using Orleans.Placement;

namespace KvOrleans.Grains.Blocks;

/// <summary>Decides every change of one block, then sleeps. Its state is the block's record in the silo's index.</summary>
/// <remarks>
/// <para>
/// Nothing here relies on being the only activation: each decision reads the record, judges it, and asks the store to change it only if
/// it is still what was judged. A lost race is judged again.
/// </para>
/// <para>
/// No bytes pass through: a write names what its silo has staged, and the store takes it over when it is published.
/// </para>
/// <para>
/// It decides only where its silo owns the key in the silo's own current map, and never for a caller who knows a newer one.
/// </para>
/// <para>
/// A register asks for more: this life may act on it before anything changes, and still may when it has changed. Else nobody knows whether another life acted in between.
/// </para>
/// </remarks>
[Immovable, OwnerPlacement]
internal sealed class PrefixBlockGrain(
    BlockStore store, VersionSource versions, KeyKinds kinds, IClusterMapSource map, IRegisterGuard guard, AwakeGrains awake,
    CopyMaker copies, BlockBurials burials, DecisionGate decisions) : Grain, IPrefixBlockGrain
{
    // Each lost race is another writer's progress; a key on which this many are lost in a row is being fought over.
    private const int MaxRaces = 16;

    private static readonly BlockDecision Moved = new(DecisionOutcome.Moved, default);
    private static readonly BlockDecision StagingLost = new(DecisionOutcome.StagingLost, default);
    private static readonly BlockDecision TryAgain = new(DecisionOutcome.TryAgain, default);
    private static readonly BlockDecision Unknown = new(DecisionOutcome.Unknown, default);

    private bool _counted;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _counted = awake.TryEnter();
        return _counted
            ? Task.CompletedTask
            : throw new TooManyAwakeException($"{awake.Bound} block grains are awake, the most allowed; try again.");
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_counted)
            awake.Leave();
        _counted = false;
        return Task.CompletedTask;
    }

    public ValueTask<BlockDecision> CommitAsync(CommitRequest request)
    {
        DeactivateOnIdle();
        var turn = decisions.Enter();
        var isOver = true;
        try
        {
            // What is not decided here is left to whoever asked, with its bytes.
            var under = map.Current;
            if (request.MapId > under.Id || !map.Owns(request.Key))
                return new(Moved);
            using var staged = store.Staging.Take(request.Ticket);
            var decision = staged is null ? StagingLost : DecideWrite(request, staged);
            if (!copies.Follow(request.Concern, decision.Outcome, under) || kinds.Of(request.Key.Span) != BlockKind.WriteOnce)
                return new(decision);
            isOver = false;
            return AcknowledgeAsync(request, decision, turn);
        }
        finally
        {
            if (isOver)
                decisions.Leave(turn);
        }
    }

    private async ValueTask<BlockDecision> AcknowledgeAsync(CommitRequest request, BlockDecision decision, int turn)
    {
        try
        {
            return await copies.AcknowledgeAsync(request.Key, request.Concern, decision);
        }
        finally
        {
            decisions.Leave(turn);
        }
    }

    public ValueTask<BlockDecision> DeleteAsync(BlockKey key, WriteCondition condition)
    {
        DeactivateOnIdle();
        if (kinds.Of(key.Span) == BlockKind.WriteOnce)
            return burials.DeleteAsync(key, condition);
        return new(Decide(key, current => !condition.Holds(current.Version)
            ? new(DecisionOutcome.Conflict, current.Version)
            : store.TryRemove(key.Span, current.Version) ? new(DecisionOutcome.Accepted, default) : null));
    }

    public ValueTask<BlockDecision> ExpireAsync(BlockKey key, TimeSpan? timeToLive)
    {
        DeactivateOnIdle();
        if (timeToLive <= TimeSpan.Zero && kinds.Of(key.Span) == BlockKind.WriteOnce)
            return burials.DeleteAsync(key, WriteCondition.Any);
        return new(Decide(key, current => store.TrySetTimeToLive(key.Span, current.Version, timeToLive)
            ? new(DecisionOutcome.Accepted, current.Version) : null));
    }

    public ValueTask<BlockInfo?> InspectAsync(BlockKey key)
    {
        DeactivateOnIdle();
        return new(store.TryGetInfo(key.Span, out var current) ? current : null);
    }

    private BlockDecision DecideWrite(in CommitRequest request, StagedBlock staged)
    {
        var key = request.Key.Span;
        var kind = kinds.Of(key);
        for (var race = 0; race < MaxRaces; race++)
        {
            // Taken before the guard is asked: whatever is installed since keeps this decision from being published.
            long? generation = kind == BlockKind.Overwritable ? store.RegisterGeneration : null;
            if (kind == BlockKind.Overwritable && !guard.MayAct(request.Key))
                return TryAgain;
            BlockInfo? current = store.TryGetInfo(key, out var found) ? found : null;
            if (Refuse(request, kind, staged, current) is { } refusal)
            {
                store.Touch(key);
                return Judged(request.Key, kind, refusal);
            }

            var version = versions.Next();
            var timeToLive = request.KeepTimeToLive ? current?.TimeToLive : request.TimeToLive;
            if (!store.TryPublish(key, current?.Version, staged, version, timeToLive, kind, generation))
                continue;
            var decision = Judged(request.Key, kind, new(DecisionOutcome.Accepted, version));
            if (decision == Unknown)
                store.TryRemove(key, version);
            return decision;
        }

        return new(DecisionOutcome.Busy, default);
    }

    /// <summary>Of a write-once block the first writer wins, whatever the condition; equal bytes are no conflict.</summary>
    private static BlockDecision? Refuse(in CommitRequest request, BlockKind kind, StagedBlock staged, BlockInfo? current)
    {
        if (current is { } present && kind == BlockKind.WriteOnce)
        {
            var same = present.Checksum == staged.Checksum && present.Length == staged.Length;
            return new(same ? DecisionOutcome.AlreadyPresent : DecisionOutcome.Conflict, present.Version);
        }

        return request.Condition.Holds(current?.Version) ? null : new(DecisionOutcome.Conflict, current?.Version ?? default);
    }

    private BlockDecision Decide(BlockKey key, Func<BlockInfo, BlockDecision?> decide)
    {
        if (!map.Owns(key))
            return Moved;
        var kind = kinds.Of(key.Span);
        for (var race = 0; race < MaxRaces; race++)
        {
            if (kind == BlockKind.Overwritable && !guard.MayAct(key))
                return TryAgain;
            if (!store.TryGetInfo(key.Span, out var current))
                return Judged(key, kind, new(DecisionOutcome.Absent, default));
            if (decide(current) is { } decision)
                return Judged(key, kind, decision);
        }

        return new(DecisionOutcome.Busy, default);
    }

    /// <summary>A decision about a register counts when this life still may act behind it. One that changed nothing is then to be asked again.</summary>
    private BlockDecision Judged(BlockKey key, BlockKind kind, BlockDecision decision) =>
        kind == BlockKind.WriteOnce || guard.MayAct(key) ? decision
        : decision.Outcome == DecisionOutcome.Accepted ? Unknown : TryAgain;
}
