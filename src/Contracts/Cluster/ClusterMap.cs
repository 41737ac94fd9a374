using System.Collections.Immutable;

namespace KvOrleans.Contracts.Cluster;

/// <summary>The live silos, sorted by name; the only input to placement.</summary>
/// <param name="Id">The membership version this is a function of; a larger one is newer.</param>
/// <param name="Silos">The live silos, in ordinal order of their names.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.ClusterMap")]
public sealed record ClusterMap([property: Id(0)] long Id, [property: Id(1)] ImmutableArray<SiloDescriptor> Silos);
