using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using Orleans.Concurrency;

namespace KvOrleans.Grains.Membership;

/// <summary>Answers from the view of whichever silo is asked.</summary>
[StatelessWorker]
internal sealed class ClusterMapGrain(IClusterMapSource map) : Grain, IClusterMapGrain
{
    public ValueTask<ClusterMap> GetMapAsync() => new(map.Current);

    public ValueTask<ClusterMap> WaitForMapAsync(MapPosition known) => new(map.Current);
}
