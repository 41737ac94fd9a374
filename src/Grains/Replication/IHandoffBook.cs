using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Grains.Replication;

/// <summary>Knows which silos have handed over all that a map gave to this one. Thread-safe.</summary>
internal interface IHandoffBook
{
    /// <summary>The source has offered all that <paramref name="map"/> gave to this silo.</summary>
    void Done(SiloLife source, MapPosition map);
}
