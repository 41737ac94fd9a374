using KvOrleans.Client.Near;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Matching;

/// <content>Who is asked first.</content>
internal sealed partial class ChainSearch
{
    // Keys whose owners are found together.
    private const int OwnersAtOnce = 64;

    /// <summary>Round one: every key's owner, of a hot one any holder, or the next in its order when the owner did not answer lately. What fills a request is asked for while the rest is gone through.</summary>
    private void AskOwners(ClusterView view, int[]? known, NearPins? near)
    {
        // Nobody asks further before all owners are asked.
        Interlocked.Increment(ref _running);
        var parts = new MatchParts(chain, MatchParts.MostBytes);
        var keys = new BlockKey[Math.Min(chain.Length, OwnersAtOnce)];
        var owners = new int[keys.Length];
        for (var start = 0; start < chain.Length; start += keys.Length)
        {
            var count = Math.Min(keys.Length, chain.Length - start);
            for (var i = 0; i < count; i++)
                keys[i] = chain[start + i].Key;
            if (known is null)
                view.Owners.Find(keys.AsSpan(0, count), owners);
            else
                known.AsSpan(start, count).CopyTo(owners);
            for (var i = 0; i < count; i++)
            {
                if (near?.At(start + i) is { } block)
                {
                    Found(start + i, new(keys[i], block.Version, block.Length), null);
                    continue;
                }

                var owner = view.Links[owners[i]];
                var chosen = choice.Choose(view, owner, keys[i], "match");
                chosen = chosen.Backoff.IsHealthy ? chosen : view.HoldersOf(keys[i]).Next([]) ?? owner;
                if (chosen != owner)
                    _ = TrailOf(start + i, chosen);
                parts.Add(chosen, start + i);
            }

            if (!parts.HasFull)
                continue;
            _turns ??= [];
            Ask(parts.TakeFull(), isPatient: view.Links.Length == 1);
        }

        Ask(parts.Take(), isPatient: view.Links.Length == 1);
        Ended();
    }
}
