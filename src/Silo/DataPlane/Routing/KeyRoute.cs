using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Where a key belongs.</summary>
/// <param name="Map">The map by which.</param>
/// <param name="Owner">Its owner; null when the map has no silo.</param>
/// <param name="IsHere">Whether that is this silo.</param>
internal readonly record struct KeyRoute(ClusterMap Map, SiloDescriptor? Owner, bool IsHere);
