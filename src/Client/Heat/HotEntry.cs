using System.Net;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Heat;

/// <summary>A block of a hot list.</summary>
/// <param name="key">The block.</param>
/// <param name="version">The content that its owner holds.</param>
/// <param name="length">Its bytes.</param>
/// <param name="bytesPerSecond">What is read of it, on all silos.</param>
/// <param name="holders">Who holds it, the owner first.</param>
internal sealed class HotEntry(BlockKey key, BlockVersion version, int length, long bytesPerSecond, IPEndPoint[] holders)
{
    /// <summary>The most holders that are named.</summary>
    public const int MostHolders = 64;

    private Places? _places;

    /// <summary>The block.</summary>
    public BlockKey Key => key;

    /// <summary>The content that its owner holds.</summary>
    public BlockVersion Version => version;

    /// <summary>Its bytes.</summary>
    public int Length => length;

    /// <summary>What is read of it, on all silos.</summary>
    public long BytesPerSecond => bytesPerSecond;

    /// <summary>Who holds it, as far as its owner knows.</summary>
    public IPEndPoint[] Holders => holders;

    /// <summary>The links to its holders that are in <paramref name="view"/>; looked for once a map.</summary>
    public SiloLink[] LinksIn(ClusterView view)
    {
        if (Volatile.Read(ref _places) is { } known && ReferenceEquals(known.View, view))
            return known.Links;
        var links = new List<SiloLink>(holders.Length);
        foreach (var endpoint in holders)
        {
            if (view.At(endpoint) is { } link && !links.Contains(link))
                links.Add(link);
        }

        var places = new Places(view, [.. links]);
        Volatile.Write(ref _places, places);
        return places.Links;
    }

    /// <summary>The same block without a holder that is gone; null when there was no other.</summary>
    public HotEntry? Without(IPEndPoint gone) =>
        Array.FindAll(holders, holder => !holder.Equals(gone)) is { Length: > 0 } others ? new(key, version, length, bytesPerSecond, others) : null;

    private sealed record Places(ClusterView View, SiloLink[] Links);
}
