using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Peers;
using KvOrleans.Silo.DataPlane.Commands;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Storage;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Answers reads of blocks, from here or from who has them.</summary>
internal sealed class ReadRouter(KeyRouter router, HandoffReader handoffs, PeerRequests peers, FetchSlots slots, BlockStore store)
{
    /// <summary>Replies with the bytes of <paramref name="key"/>, or null. What is held here is answered without a detour.</summary>
    public ValueTask ReplyAsync(Session session, ReadOnlySpan<byte> key, ReadFraming framing, BlockVersion wanted)
    {
        var found = store.TryOpen(key, out var block);
        if (!router.AnswersHere(key, found))
        {
            if (found)
                block.Dispose();
            return RouteAsync(session, BlockKey.From(key), framing, wanted);
        }

        if (found)
            return ReadReply.SendAsync(session, block, framing, wanted);
        ReadReply.Miss(session, framing);
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
        var fetch = await peers.ReadAsync(owner, key, default, length => store.TryStage(length)).ConfigureAwait(false);
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
        var found = store.TryGetInfo(key, out _);
        return !router.AnswersHere(key, found) && !router.Route(BlockKey.From(key)).IsHere;
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
                Fail(session, kind, framing, CommandErrors.Busy);
                return;
            }

            if (!await FetchAsync(session, route, kind, key, framing, wanted, slot).ConfigureAwait(false))
                return;
            if (isFirst && await router.HasChangedAsync(route.Map).ConfigureAwait(false))
                continue;
            Fail(session, kind, framing, CommandErrors.TryAgain);
            return;
        }
    }

    /// <summary>Replies when this silo has the answer, or must not look elsewhere for it.</summary>
    private async ValueTask<bool> TryHereAsync(Session session, KeyRoute route, BlockKind kind, BlockKey key, ReadFraming framing, BlockVersion wanted)
    {
        var isWriteOnce = kind == BlockKind.WriteOnce;
        var mayHold = isWriteOnce ? router.ServesWriteOnce : route.IsHere;
        var found = store.TryOpen(key.Span, out var block);
        if (!found && isWriteOnce && route.IsHere && await handoffs.BringAsync(key).ConfigureAwait(false))
            found = store.TryOpen(key.Span, out block);
        if (found && !mayHold)
        {
            block.Dispose();
            found = false;
        }

        if (!isWriteOnce && route.IsHere && !router.MayAct(key))
        {
            if (found)
                block.Dispose();
            session.Output.WriteError(CommandErrors.TryAgain);
            return true;
        }

        if (found)
            await ReadReply.SendAsync(session, block, framing, wanted).ConfigureAwait(false);
        else if (route.IsHere)
            ReadReply.Miss(session, framing);
        else if (session.IsPeer)
            session.Output.WriteError(CommandErrors.Moved(session));
        else
            return false;
        return true;
    }

    /// <summary>Replies with what another silo has.</summary>
    /// <returns>True when nothing was replied since the silo asked knows another owner.</returns>
    private async ValueTask<bool> FetchAsync(Session session, KeyRoute route, BlockKind kind, BlockKey key, ReadFraming framing, BlockVersion wanted, FetchSlot slot)
    {
        var isWriteOnce = kind == BlockKind.WriteOnce;
        var silos = isWriteOnce ? router.Holders(key, route.Map) : route.Owner is { } owner ? [owner] : [];
        var moved = false;
        var error = CommandErrors.TryAgain;
        session.MarkServing();
        foreach (var silo in silos)
        {
            using var fetch = await peers.ReadAsync(silo, key, wanted, length => store.TryStage(length)).ConfigureAwait(false);
            var isOwner = silo == route.Owner;
            switch (fetch.Answer.Outcome)
            {
                case PeerOutcome.Answered when await ReadReply.SendOnAsync(session, fetch, framing, slot).ConfigureAwait(false):
                    return false;
                case PeerOutcome.Absent when isOwner:
                    ReadReply.Miss(session, framing);
                    return false;
                case PeerOutcome.NotOwner when isOwner:
                    moved = true;
                    break;
                case PeerOutcome.NoRoom:
                    Fail(session, kind, framing, CommandErrors.Busy);
                    return false;
                case PeerOutcome.Refused:
                    error = fetch.Answer.Text;
                    break;
            }
        }

        if (!moved)
            Fail(session, kind, framing, error);
        return moved;
    }

    /// <summary>A write-once block that cannot be had is a miss. Of a register nothing can be said.</summary>
    private static void Fail(Session session, BlockKind kind, ReadFraming framing, string error)
    {
        if (kind == BlockKind.WriteOnce)
            ReadReply.Miss(session, framing);
        else
            session.Output.WriteError(error);
    }
}
