using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using Orleans.Concurrency;

namespace KvOrleans.Grains.Membership;

/// <summary>Answers from the view of whichever silo is asked. Questions that wait for a change hold up no others.</summary>
[StatelessWorker, Reentrant]
internal sealed class ClusterMapGrain(IClusterMapSource map, MapWaiters waiters) : Grain, IClusterMapGrain
{
    public ValueTask<ClusterMap> GetMapAsync() => new(map.Current);

    public ValueTask<ClusterMap> WaitForMapAsync(MapPosition known) =>
        map.Current.Position != known ? new(map.Current) : new(waiters.WaitAsync(known));
}
