using System.Net;
using KvOrleans.Client.Connections;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;

namespace KvOrleans.Client.Routing;

/// <summary>A cluster map with a link to each of its silos. Immutable; replaced as a whole.</summary>
/// <param name="Map">The map.</param>
/// <param name="Links">The links, in the map's order.</param>
internal sealed record ClusterView(ClusterMap Map, SiloLink[] Links)
{
    /// <summary>Says of many keys at once who owns them, as indices of <see cref="Links"/>.</summary>
    public OwnerFinder Owners { get; } = new(Map);

    /// <summary>The link to the owner of <paramref name="key"/>; null when there is no silo.</summary>
    public SiloLink? OwnerOf(BlockKey key) => Rendezvous.OwnerOf(key, Map) is var owner and >= 0 ? Links[owner] : null;

    /// <summary>Whether another silo than its owner may have <paramref name="key"/>: a register is with its owner alone.</summary>
    public bool HasOtherHolders(BlockKey key) => Links.Length > 1 && KeyKinds.Default.Of(key.Span) == BlockKind.WriteOnce;

    /// <summary>The silos that may be asked for <paramref name="key"/>, in order.</summary>
    public Holders HoldersOf(BlockKey key)
    {
        var holders = new Holders();
        if (!HasOtherHolders(key))
        {
            if (OwnerOf(key) is { } owner)
                holders.Add(owner);
            return holders;
        }

        Span<int> order = stackalloc int[Holders.Most];
        foreach (var index in order[..Rendezvous.HolderOrder(KeyId.Of(key.Span), Map, order)])
            holders.Add(Links[index]);
        return holders;
    }

    /// <summary>The link to the silo whose data plane is at <paramref name="endpoint"/>; null when the map has none there.</summary>
    public SiloLink? At(IPEndPoint endpoint) => Array.Find(Links, link => link.Silo.DataPlane.Equals(endpoint));
}
