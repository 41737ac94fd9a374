using System.Diagnostics;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Digests;
using KvOrleans.Grains.Peers;
using KvOrleans.Silo.DataPlane.Decisions;
using KvOrleans.Storage;
using KvOrleans.Storage.Staging;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Takes writes that have arrived to where they are decided: here, or at another silo, which gets their bytes.</summary>
/// <remarks>
/// While a key moves, its grain may be called where another map holds, or where it was until now. Who did not decide leaves the bytes here: then the write is routed again,
/// for a while, so that its client need not know.
/// </remarks>
internal sealed class WriteRouter(KeyRouter router, BlockDecider decider, PeerRequests peers, BlockStore store)
{
    private static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(80);
    private static readonly BlockDecision Moved = new(DecisionOutcome.Moved, default);
    private static readonly BlockDecision TryAgain = new(DecisionOutcome.TryAgain, default);
    private static readonly BlockDecision Unknown = new(DecisionOutcome.Unknown, default);

    /// <summary>Decides a write. <paramref name="staged"/> is spent, whatever the answer.</summary>
    public async ValueTask<BlockDecision> CommitAsync(bool isPeer, BlockKey key, StagedBlock staged, WriteTerms terms)
    {
        var began = Stopwatch.GetTimestamp();
        var left = staged;
        // Whoever takes the ticket publishes what was staged, its parent with it.
        staged.Parent = terms.Parent.IsDefault ? 0 : KeyDigest.Hash(terms.Parent);
        try
        {
            for (var pause = FirstPause; ; pause = pause < LongestPause ? 2 * pause : pause)
            {
                var route = router.Route(key);
                if (!route.IsHere)
                {
                    if (isPeer || route.Owner is not { } owner)
                        return isPeer ? Moved : TryAgain;
                    var answer = await ForwardAsync(owner, key, left, terms).ConfigureAwait(false);
                    if (answer.Outcome != PeerOutcome.NotOwner)
                        return DecisionOf(answer);
                    if (!await router.HasChangedAsync(route.Map).ConfigureAwait(false))
                        return TryAgain;
                }
                else
                {
                    var ticket = store.Staging.Deposit(left);
                    left = null;
                    var decision = await decider.CommitAsync(Request(key, ticket, terms, route.Map.Id)).ConfigureAwait(false);
                    if (IsDecided(decision))
                        return decision;

                    // Only who takes the ticket decides: where it is still there, no call that is under way will.
                    left = store.Staging.Take(ticket);
                    if (decision.Outcome == DecisionOutcome.Busy)
                        return decision;
                    if (left is null)
                        return Unknown;
                    await router.HasChangedAsync(route.Map, pause).ConfigureAwait(false);
                }

                if (Stopwatch.GetElapsedTime(began) > LongestSearch)
                    return TryAgain;
            }
        }
        finally
        {
            left?.Dispose();
        }
    }

    private static bool IsDecided(BlockDecision decision) =>
        decision.Outcome is not (DecisionOutcome.Moved or DecisionOutcome.Busy or DecisionOutcome.StagingLost or DecisionOutcome.Unknown);

    private static CommitRequest Request(BlockKey key, long ticket, in WriteTerms terms, long mapId) =>
        new(key, ticket, terms.Condition, terms.TimeToLive, terms.KeepTimeToLive, mapId, terms.Concern);

    private ValueTask<PeerAnswer> ForwardAsync(SiloDescriptor owner, BlockKey key, StagedBlock staged, WriteTerms terms) =>
        peers.WriteAsync(owner, staged, isQuick: terms.Concern == WriteConcern.Local, output => Write(output, key, staged, terms));

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
        output.WriteArrayHeader(terms.Parent.IsDefault ? 7 : 9);
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
        if (terms.Parent.IsDefault)
            return;
        output.WriteBulk("PARENT"u8);
        output.WriteBulk(terms.Parent.Span);
    }
}
