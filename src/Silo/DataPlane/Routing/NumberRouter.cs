using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Peers;
using KvOrleans.Silo.DataPlane.Commands;
using KvOrleans.Storage;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Answers what has a number for an answer: questions about blocks, and changes that carry no bytes.</summary>
internal sealed class NumberRouter(KeyRouter router, HandoffReader handoffs, HolderSearch holders, PeerRequests peers, BlockStore store)
{
    /// <summary>Answers a question about one block that the store alone could not answer.</summary>
    /// <param name="session">Who asks.</param>
    /// <param name="key">The block.</param>
    /// <param name="command">The question's name; it has the key for its only argument.</param>
    /// <param name="answer">The answer of who has it, or does not: null.</param>
    public async ValueTask<NumberAnswer> AskAsync(Sessions.Session session, BlockKey key, string command, Func<BlockInfo?, long> answer)
    {
        session.MarkServing();
        var isWriteOnce = router.KindOf(key) == BlockKind.WriteOnce;
        for (var isFirst = true; ; isFirst = false)
        {
            var route = router.Route(key);
            var here = await TryHereAsync(session, route, isWriteOnce, key, answer).ConfigureAwait(false);
            if (here is { } known)
                return known;
            var peer = isWriteOnce
                ? await AskHoldersAsync(route, key, command).ConfigureAwait(false)
                : await AskAsync(route.Owner, isChange: false, command, [key]).ConfigureAwait(false);
            if (peer.Outcome == PeerOutcome.NotOwner && isFirst && await router.HasChangedAsync(route.Map).ConfigureAwait(false))
                continue;
            return peer.Outcome != PeerOutcome.Answered && isWriteOnce ? new(answer(null)) : NumberAnswer.Of(peer);
        }
    }

    /// <summary>Has a change decided by the silo that owns the keys.</summary>
    /// <returns>Null when it has to be routed again: the silo knows another owner, and this one does by now.</returns>
    public async ValueTask<NumberAnswer?> ChangeAsync(KeyRoute route, string command, IReadOnlyList<BlockKey> keys, string argument = "")
    {
        var peer = await AskAsync(route.Owner, isChange: true, command, keys, argument).ConfigureAwait(false);
        return peer.Outcome == PeerOutcome.NotOwner && await router.HasChangedAsync(route.Map).ConfigureAwait(false)
            ? null
            : NumberAnswer.Of(peer);
    }

    /// <summary>Asks the owner of several keys for a sum; null when it is better asked for one by one.</summary>
    public async Task<long?> SumAsync(SiloDescriptor owner, string command, IReadOnlyList<BlockKey> keys)
    {
        var peer = await AskAsync(owner, isChange: false, command, keys).ConfigureAwait(false);
        return peer.Outcome == PeerOutcome.Answered ? peer.Number : null;
    }

    private async ValueTask<NumberAnswer?> TryHereAsync(Sessions.Session session, KeyRoute route, bool isWriteOnce, BlockKey key, Func<BlockInfo?, long> answer)
    {
        var term = router.Term;
        var found = store.TryGetInfo(key.Span, out var info);
        if (!found && isWriteOnce && route.IsHere && await handoffs.BringAsync(key).ConfigureAwait(false))
            found = store.TryGetInfo(key.Span, out info);
        found &= isWriteOnce ? router.ServesWriteOnce : route.IsHere;
        if (!isWriteOnce && route.IsHere && !router.MayAct(key, term))
            return new(CommandErrors.TryAgain);
        if (found || route.IsHere)
            return new(answer(found ? info : null));
        return session.IsPeer ? new(CommandErrors.Moved(session)) : null;
    }

    /// <summary>The owner's answer is the last word; when it gives none, that of one who has the block.</summary>
    private async ValueTask<PeerAnswer> AskHoldersAsync(KeyRoute route, BlockKey key, string command)
    {
        var owner = await AskAsync(route.Owner, isChange: false, command, [key]).ConfigureAwait(false);
        if (owner.Outcome == PeerOutcome.Answered)
            return owner;
        var (holder, answer) = await holders.AskAsync(key, route, command, static _ => true).ConfigureAwait(false);
        return holder is null ? owner : answer;
    }

    private ValueTask<PeerAnswer> AskAsync(SiloDescriptor? silo, bool isChange, string command, IReadOnlyList<BlockKey> keys, string argument = "") =>
        silo is null ? new(new PeerAnswer(PeerOutcome.Unreachable)) : peers.AskAsync(silo, isChange, output =>
        {
            output.WriteArrayHeader(1 + keys.Count + (argument.Length > 0 ? 1 : 0));
            output.WriteBulk(command);
            foreach (var key in keys)
                output.WriteBulk(key.Span);
            if (argument.Length > 0)
                output.WriteBulk(argument);
        });
}
