using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Peers;
using KvOrleans.Silo.DataPlane.Decisions;
using KvOrleans.Storage.Staging;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Takes writes that have arrived to where they are decided: here, or at another silo, which gets their bytes.</summary>
internal sealed class WriteRouter(KeyRouter router, BlockDecider decider, PeerRequests peers)
{
    private static readonly BlockDecision Moved = new(DecisionOutcome.Moved, default);

    /// <summary>Decides a write. <paramref name="staged"/> is spent, whatever the answer.</summary>
    public ValueTask<BlockDecision> CommitAsync(bool isPeer, BlockKey key, StagedBlock staged, in WriteTerms terms)
    {
        var route = router.Route(key);
        if (route.IsHere)
            return decider.CommitAsync(key, staged, terms, route.Map.Id);
        if (!isPeer)
            return ForwardAsync(route, key, staged, terms);
        staged.Dispose();
        return new(Moved);
    }

    private async ValueTask<BlockDecision> ForwardAsync(KeyRoute route, BlockKey key, StagedBlock staged, WriteTerms terms)
    {
        using var sending = staged;
        for (var isFirst = true; route.Owner is { } owner; isFirst = false)
        {
            var answer = await peers.WriteAsync(
                owner, staged, isQuick: terms.Concern == WriteConcern.Local, output => Write(output, key, staged, terms)).ConfigureAwait(false);
            if (answer.Outcome != PeerOutcome.NotOwner)
                return DecisionOf(answer);
            if (!isFirst || !await router.HasChangedAsync(route.Map).ConfigureAwait(false))
                break;
            route = router.Route(key);
            if (route.IsHere)
                return await decider.CommitAsync(key, staged, terms, route.Map.Id).ConfigureAwait(false);
        }

        return new(DecisionOutcome.TryAgain, default);
    }

    private static BlockDecision DecisionOf(PeerAnswer answer) => new(
        answer.Outcome switch
        {
            PeerOutcome.Answered => answer.Text switch
            {
                "accepted" => DecisionOutcome.Accepted,
                "present" => DecisionOutcome.AlreadyPresent,
                "conflict" => DecisionOutcome.Conflict,
                _ => DecisionOutcome.Unknown,
            },
            PeerOutcome.Refused => OutcomeOf(answer.Text),
            PeerOutcome.Broken => DecisionOutcome.Unknown,
            _ => DecisionOutcome.TryAgain,
        },
        answer.Version);

    /// <summary>An error's first word; what a silo says that this one does not know was not done.</summary>
    private static DecisionOutcome OutcomeOf(string error) => error.Split(' ')[0] switch
    {
        "OOM" => DecisionOutcome.OutOfSpace,
        "BUSY" => DecisionOutcome.Busy,
        "UNKNOWN" => DecisionOutcome.Unknown,
        "NOREPLICAS" => DecisionOutcome.NotReplicated,
        _ => DecisionOutcome.TryAgain,
    };

    private static void Write(RespOutput output, BlockKey key, StagedBlock staged, in WriteTerms terms)
    {
        output.WriteArrayHeader(7);
        output.WriteBulk("KV.SET"u8);
        output.WriteBulk(key.Span);
        output.WriteBulk(terms.Condition.Kind switch
        {
            WriteConditionKind.Any => "ANY",
            WriteConditionKind.Absent => "ABSENT",
            WriteConditionKind.Present => "PRESENT",
            _ => terms.Condition.Version.ToString(),
        });
        output.WriteBulk(terms.KeepTimeToLive ? "KEEP" : $"{(long)(terms.TimeToLive?.TotalMilliseconds ?? 0)}");
        output.WriteBulk(staged.Checksum.ToString());
        output.WriteBulk(terms.Concern == WriteConcern.Replicated ? "REPLICATED" : "LOCAL");
    }
}
