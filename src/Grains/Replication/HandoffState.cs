using System.Collections.Immutable;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Grains.Replication;

/// <summary>A map, and who has not handed over yet what that very map gave to this silo.</summary>
/// <param name="Map">The map.</param>
/// <param name="Pending">The other silos of the map whose handoff to this one is not done. While there is one, a block that is not here may be there.</param>
public sealed record HandoffState(ClusterMap Map, ImmutableArray<SiloDescriptor> Pending);
