using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;

namespace KvOrleans.Contracts.Tests.Placement;

public sealed class RendezvousTests
{
    [Fact]
    public void OwnerOf_EmptyMap_IsNone() => Assert.Equal(-1, Rendezvous.OwnerOf(Keys(1)[0], MapOf()));

    [Fact]
    public void OwnerOf_SeveralSilos_SharesTheKeysEvenly()
    {
        var map = MapOf("a", "b", "c", new string('d', 300));

        var counts = Keys(8000).CountBy(key => Rendezvous.OwnerOf(key, map)).Select(pair => pair.Value).ToArray();

        Assert.Equal(4, counts.Length);
        Assert.All(counts, count => Assert.InRange(count, 1800, 2200));
    }

    [Fact]
    public void OwnerOf_ASiloLeaves_MovesItsKeysOnly()
    {
        var before = MapOf("a", "b", "c");
        var after = MapOf("a", "c");

        foreach (var key in Keys(500))
        {
            var owner = before.Silos[Rendezvous.OwnerOf(key, before)].Name;
            if (owner != "b")
                Assert.Equal(owner, after.Silos[Rendezvous.OwnerOf(key, after)].Name);
        }
    }

    private static ClusterMap MapOf(params string[] names) =>
        new(1, [.. names.Select(name => new SiloDescriptor(name, "", 1, new(0, 1), new(1)))]);

    private static BlockKey[] Keys(int count) => [.. Enumerable.Range(0, count).Select(i => BlockKey.From($"kv:m/{i:x4}"))];
}
