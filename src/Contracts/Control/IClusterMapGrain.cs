using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Contracts.Control;

/// <summary>Hands out the cluster map, under any key. A stateless worker: any silo answers from its own view.</summary>
[Alias("KvOrleans.IClusterMapGrain")]
public interface IClusterMapGrain : IGrainWithIntegerKey
{
    /// <summary>The answering silo's current map.</summary>
    [Alias("GetMap")]
    ValueTask<ClusterMap> GetMapAsync();

    /// <summary>The answering silo's current map as soon as it is another than <paramref name="known"/>; after a few seconds at the latest, whatever it is.</summary>
    [Alias("WaitForMap")]
    ValueTask<ClusterMap> WaitForMapAsync(MapPosition known);
}
