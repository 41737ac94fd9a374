using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Peers;
using KvOrleans.Silo.DataPlane.Commands;
using KvOrleans.Silo.DataPlane.Metrics;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Storage.Staging;
using KvOrleans.Storage;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Answers reads of blocks, from here or from who has them.</summary>
internal sealed class ReadRouter(KeyRouter router, HandoffReader handoffs, HolderSearch holders, HotHolders hot, PeerRequests peers, FetchSlots slots, BlockStore store)
{
    private readonly Func<int, StagedBlock?> _stage = length => store.TryStage(length);

    /// <summary>Replies with the bytes of <paramref name="key"/>, or null. What is held here is answered without a detour.</summary>
    public ValueTask ReplyAsync(Session session, ReadOnlySpan<byte> key, ReadFraming framing, BlockVersion wanted)
    {
        var term = router.Term;
        var found = store.TryOpen(key, out var block);
        if (!router.AnswersHere(key, found, term))
        {
            if (found)
                block.Dispose();
            return RouteAsync(session, BlockKey.From(key), framing, wanted);
        }

        if (found)
            return ReadReply.SendAsync(session, block, framing, wanted);
        ReadReply.Miss(session, framing, MissReason.Absent);
        return ValueTask.CompletedTask;
    }

    /// <summary>Fetches a whole block for a reply that is made later; null when that is better tried again then.</summary>
    public async Task<PeerFetch?> PrefetchAsync(BlockKey key)
    {
        var route = router.Route(key);
        if (route.IsHere || route.Owner is not { } owner)
            return null;
        using var slot = await slots.TakeAsync().ConfigureAwait(false);
        if (slot is null)
            return null;
        if (router.KindOf(key) == BlockKind.WriteOnce && hot.Choose(key, route) is { } copy)
        {
            var near = await peers.ReadAsync(copy, key, default, _stage).ConfigureAwait(false);
            if (near.Answer.Outcome == PeerOutcome.Answered && await near.ReceiveAllAsync().ConfigureAwait(false))
                return near;
            near.Dispose();
        }

        var fetch = await peers.ReadAsync(owner, key, default, _stage).ConfigureAwait(false);
        if (fetch.Answer.Outcome == PeerOutcome.Absent || await fetch.ReceiveAllAsync().ConfigureAwait(false))
            return fetch;
        fetch.Dispose();
        return null;
    }

    /// <summary>Whether a block of this key would be fetched from another silo.</summary>
    public bool IsElsewhere(ReadOnlySpan<byte> key)
    {
        if (router.IsAlone || !BlockKey.IsValidLength(key.Length))
            return false;
        var term = router.Term;
        var found = store.TryGetInfo(key, out _);
        return !router.AnswersHere(key, found, term) && !router.Route(BlockKey.From(key)).IsHere;
    }

    private async ValueTask RouteAsync(Session session, BlockKey key, ReadFraming framing, BlockVersion wanted)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var route = router.Route(key);
            var kind = router.KindOf(key);
            if (await TryHereAsync(session, route, kind, key, framing, wanted).ConfigureAwait(false))
                return;
            using var slot = await slots.TakeAsync().ConfigureAwait(false);
            if (slot is null)
            {
                Fail(session, kind, framing, CommandErrors.Busy, MissReason.NoRoom);
                return;
            }

            if (!await FetchAsync(session, route, kind, key, framing, wanted, slot).ConfigureAwait(false))
                return;
            if (isFirst && await router.HasChangedAsync(route.Map).ConfigureAwait(false))
                continue;
            Fail(session, kind, framing, CommandErrors.TryAgain, MissReason.Unreachable);
            return;
        }
    }

    /// <summary>Replies when this silo has the answer, or must not look elsewhere for it.</summary>
    private async ValueTask<bool> TryHereAsync(Session session, KeyRoute route, BlockKind kind, BlockKey key, ReadFraming framing, BlockVersion wanted)
    {
        var isWriteOnce = kind == BlockKind.WriteOnce;
        var term = router.Term;
        var found = store.TryOpen(key.Span, out var block);
        if (!found && isWriteOnce && route.IsHere && await handoffs.BringAsync(key).ConfigureAwait(false))
            found = store.TryOpen(key.Span, out block);

        // Behind the store: whatever pauses come between, what was found was right to be served when it was taken.
        var mayHold = isWriteOnce ? router.ServesWriteOnce : route.IsHere;
        if (found && !mayHold)
        {
            block.Dispose();
            found = false;
        }

        if (!isWriteOnce && route.IsHere && !router.MayAct(key, term))
        {
            if (found)
                block.Dispose();
            session.Output.WriteError(CommandErrors.TryAgain);
            return true;
        }

        if (found)
            await ReadReply.SendAsync(session, block, framing, wanted).ConfigureAwait(false);
        else if (route.IsHere && mayHold)
            ReadReply.Miss(session, framing, MissReason.Absent);
        else if (session.IsPeer)
            session.Output.WriteError(route.IsHere ? CommandErrors.TryAgain : CommandErrors.Moved(session));
        else
            return false;
        return true;
    }

    /// <summary>Replies with what another silo has.</summary>
    /// <returns>True when nothing was replied since the silo asked knows another owner.</returns>
    private async ValueTask<bool> FetchAsync(
        Session session, KeyRoute route, BlockKind kind, BlockKey key, ReadFraming framing, BlockVersion wanted, FetchSlot slot)
    {
        session.MarkServing();
        // Who has let go of a hot block meanwhile says so, and the owner is asked.
        if (kind == BlockKind.WriteOnce && hot.Choose(key, route) is { } copy
            && await FetchFromAsync(session, copy, key, framing, wanted, slot).ConfigureAwait(false) is { Outcome: PeerOutcome.Answered })
        {
            return false;
        }

        // An owner that may not say yet what it holds leaves the others to be asked.
        var owner = route is { IsHere: false, Owner: { } silo }
            ? await FetchFromAsync(session, silo, key, framing, wanted, slot).ConfigureAwait(false)
            : new(PeerOutcome.Unreachable);
        switch (owner.Outcome)
        {
            case PeerOutcome.Answered:
                return false;
            case PeerOutcome.Absent:
                ReadReply.Miss(session, framing, MissReason.Absent);
                return false;
            case PeerOutcome.NoRoom:
                Fail(session, kind, framing, CommandErrors.Busy, MissReason.NoRoom);
                return false;
        }

        if (kind == BlockKind.WriteOnce && await holders.FindAsync(key, route).ConfigureAwait(false) is { } holder
            && await FetchFromAsync(session, holder, key, framing, wanted, slot).ConfigureAwait(false) is { Outcome: PeerOutcome.Answered })
        {
            return false;
        }

        if (owner.Outcome == PeerOutcome.NotOwner)
            return true;
        Fail(
            session, kind, framing, owner.Outcome == PeerOutcome.Refused ? owner.Text : CommandErrors.TryAgain,
            route.IsHere ? MissReason.NotServed : MissReason.Unreachable);
        return false;
    }

    /// <summary>Replies with what that silo has; <see cref="PeerOutcome.Answered"/>: it did.</summary>
    private async ValueTask<PeerAnswer> FetchFromAsync(
        Session session, SiloDescriptor silo, BlockKey key, ReadFraming framing, BlockVersion wanted, FetchSlot slot)
    {
        using var fetch = await peers.ReadAsync(silo, key, wanted, _stage).ConfigureAwait(false);
        if (fetch.Answer.Outcome == PeerOutcome.Answered)
            await ReadReply.SendOnAsync(session, fetch, framing, slot).ConfigureAwait(false);
        return fetch.Answer;
    }

    /// <summary>A write-once block that cannot be had is a miss. Of a register nothing can be said.</summary>
    private static void Fail(Session session, BlockKind kind, ReadFraming framing, string error, MissReason reason)
    {
        if (kind == BlockKind.WriteOnce)
            ReadReply.Miss(session, framing, reason);
        else
            session.Output.WriteError(error);
    }
}
