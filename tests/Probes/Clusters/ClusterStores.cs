using System.Collections.Concurrent;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage;
using Orleans.Runtime;

namespace KvOrleans.Probes.Clusters;

/// <summary>The stores of a cluster's silos, by life.</summary>
internal sealed class ClusterStores
{
    private readonly ConcurrentDictionary<SiloLife, BlockStore> _stores = [];

    public BlockStore Add(ILocalSiloDetails silo, BlockStore store) => _stores[SiloLife.Of(silo.SiloAddress)] = store;

    public BlockStore? Of(SiloLife life) => _stores.GetValueOrDefault(life);
}
