using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;

namespace KvOrleans.Contracts.Tests.Placement;

public sealed class MapOwnershipTests
{
    private static readonly BlockKey[] Keys = [.. Enumerable.Range(0, 100).Select(i => BlockKey.From($"kv:m/{i}"))];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void OwnerOf_AndOwns_AreWhatRendezvousSays(int silos)
    {
        var map = MapOf(silos);

        Assert.All(Keys, key =>
        {
            var owner = map.Silos[Rendezvous.OwnerOf(key, map)];
            Assert.Equal(owner, map.OwnerOf(key));
            Assert.Equal(owner, map.OwnerOf(KeyId.Of(key.Span)));
            Assert.All(map.Silos, silo => Assert.Equal(silo == owner, map.Owns(silo.Life, key)));
            Assert.True(map.Owns(owner.Life, key.Span));
        });
    }

    [Fact]
    public void OwnerOf_MapWithoutSilos_IsNobody()
    {
        var map = MapOf(0);

        Assert.Null(map.OwnerOf(Keys[0]));
        Assert.Null(map.OwnerOf(KeyId.Of(Keys[0].Span)));
        Assert.False(map.Owns(default, Keys[0]));
    }

    [Fact]
    public void Owns_OneSilo_HashesNothing() =>
        Assert.True(MapOf(1).Owns(new(1), Encoding.ASCII.GetBytes(new string('x', BlockKey.MaxLength + 1))));

    private static ClusterMap MapOf(int silos) => new(1, [.. Enumerable.Range(0, silos).Select(i => new SiloDescriptor($"silo-{i}", "", 1, new(0, 1), new((ulong)i + 1)))]);
}
