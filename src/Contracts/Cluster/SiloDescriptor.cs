using System.Net;

namespace KvOrleans.Contracts.Cluster;

/// <summary>A live silo as placement, data plane and clients see it.</summary>
/// <param name="Name">The stable name of the silo, its identity in placement; kept over restarts.</param>
/// <param name="Zone">The failure domain; empty when none is configured.</param>
/// <param name="Weight">The silo's share of the keys relative to the others'; 1 or more.</param>
/// <param name="DataPlane">Where its data plane listens.</param>
/// <param name="Life">This run of the silo.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.SiloDescriptor")]
public sealed record SiloDescriptor(
    [property: Id(0)] string Name,
    [property: Id(1)] string Zone,
    [property: Id(2)] int Weight,
    [property: Id(3)] IPEndPoint DataPlane,
    [property: Id(4)] Blocks.SiloLife Life);
