using System.Net;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Tests.Blocks;

namespace KvOrleans.Grains.Tests.Membership;

/// <summary>The map that a silo derives from its membership view, and that clients are given.</summary>
public sealed class ClusterMapTests(OneSilo fixture) : IClassFixture<OneSilo>
{
    [Fact]
    public void Current_OfOneSilo_IsThatSilo()
    {
        var source = fixture.Silo.Map;

        var silo = Assert.Single(source.Current.Silos);
        Assert.Equal((source.Life, "a|zone %", 1), (silo.Life, silo.Zone, silo.Weight));
        Assert.Equal(IPAddress.Loopback, silo.DataPlane.Address);
        Assert.Same(source.Current, source.Current);
    }

    [Fact]
    public async Task Grain_AskedByAClient_AnswersTheMap()
    {
        var map = await fixture.Cluster.Client.GetGrain<IClusterMapGrain>(0).GetMapAsync();

        Assert.Equal(fixture.Silo.Map.Current.Id, map.Id);
        Assert.Equal(fixture.Silo.Map.Current.Silos.AsEnumerable(), map.Silos);
    }
}
