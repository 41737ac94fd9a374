using System.Net;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Membership;
using Orleans.Runtime;

namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>A map that the test gives.</summary>
internal sealed class FixedMap(ClusterMap map, SiloLife life) : IClusterMapSource
{
    public ClusterMap Current { get; } = map;

    public SiloLife Life { get; } = life;

    public bool IsCutOff => false;

    public TimeSpan FenceAge => TimeSpan.Zero;

    /// <summary>A map of silos with these lives, all of one weight.</summary>
    public static ClusterMap Of(long id, params ulong[] lives) => new(
        id, [.. lives.Select(life => new SiloDescriptor($"silo-{life}", "", 1, new(IPAddress.Loopback, (int)life), new(life)))]);

    public SiloAddress? AddressOf(SiloLife life) => null;

    public Task<ClusterMap> WaitForChangeAsync(MapPosition known, CancellationToken cancellationToken) => Task.FromResult(Current);

    public void RefreshSoon()
    {
    }

    public MapPosition Confirm(MapPosition asked) => Current.Position;
}
