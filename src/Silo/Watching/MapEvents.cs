using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Watching;
using KvOrleans.Grains.Membership;

namespace KvOrleans.Silo.Watching;

/// <summary>Notes who joined the cluster map and who left it.</summary>
internal sealed class MapEvents(EventBook events) : IMapFollower
{
    private bool _hasBegun;

    public void MapInstalled(ClusterMap previous, ClusterMap current)
    {
        // The first map says who was there before, not who joined.
        if (previous.Silos.IsEmpty)
        {
            if (!_hasBegun)
                events.Add(SiloEventKind.Began);
            _hasBegun = true;
            return;
        }

        foreach (var silo in previous.Silos.Where(silo => current.IndexOf(silo.Life) < 0))
            events.Add(SiloEventKind.Left, silo.Name);
        foreach (var silo in current.Silos.Where(silo => previous.IndexOf(silo.Life) < 0))
            events.Add(SiloEventKind.Joined, silo.Name);
    }
}
