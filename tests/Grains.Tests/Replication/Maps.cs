using System.Net;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Grains.Tests.Replication;

/// <summary>Maps of silos that are named by their lives.</summary>
internal static class Maps
{
    public static ClusterMap Of(long id, params ulong[] lives) =>
        new(id, [.. lives.Select(life => new SiloDescriptor($"s{life:d4}", "", 1, new(IPAddress.Loopback, (int)life), new(life)))], 7);

    public static SiloLife Life(ulong life) => new(life);
}
