using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Heat;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Chooses from whom a hot block is fetched for a client of this silo: of two holders drawn at random the one of whom less is asked already. Thread-safe.</summary>
/// <remarks>M. Mitzenmacher: The Power of Two Choices in Randomized Load Balancing, 2001.</remarks>
internal sealed class HotHolders(HotLists lists, IClusterMapSource map, PeerRequests peers)
{
    /// <summary>Another holder than the owner to ask first; null when the block is not hot, or the owner is as good.</summary>
    public SiloDescriptor? Choose(BlockKey key, KeyRoute route)
    {
        if (route.Owner is not { } owner || lists.Find(owner.Life, key) is not { Holders.Length: > 1 } block)
            return null;
        var first = Random.Shared.Next(block.Holders.Length);
        var second = Random.Shared.Next(block.Holders.Length - 1);
        var one = Of(route.Map, block.Holders[first]);
        var other = Of(route.Map, block.Holders[second < first ? second : second + 1]);
        var chosen = one is null || (other is not null && peers.UnderWay(other) < peers.UnderWay(one)) ? other : one;
        return chosen == owner ? null : chosen;
    }

    private SiloDescriptor? Of(ClusterMap current, SiloLife life) =>
        life != map.Life && current.IndexOf(life) is >= 0 and var index && peers.IsHealthy(current.Silos[index]) ? current.Silos[index] : null;
}
