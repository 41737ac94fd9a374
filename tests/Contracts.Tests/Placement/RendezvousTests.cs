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

    /// <summary>One in a hundred million draws of honest placement is outside of these bounds.</summary>
    private const double Tail = 5e-9;

    private const int ManyKeys = 10_000;

    public static TheoryData<int> Sizes => [.. Enumerable.Range(2, 19)];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void OwnerOf_ASiloJoinsOrLeaves_MovesItsShareAndNoMore(int silos)
    {
        var names = Enumerable.Range(0, silos).Select(i => $"silo-{i}").ToArray();
        var (with, without) = (MapOf(names), MapOf(names[..^1]));
        var moved = 0;
        foreach (var key in Keys(ManyKeys))
        {
            var (before, after) = (NameOfOwner(key, without), NameOfOwner(key, with));
            if (before == after)
                continue;
            Assert.Equal(names[^1], after);
            moved++;
        }

        var (low, high) = Binomial.Interval(ManyKeys, 1.0 / silos, Tail);
        Assert.InRange(moved, low, high);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void OwnerOf_UnequalWeights_SharesTheKeysByWeight(int silos)
    {
        var map = new ClusterMap(1, [.. Enumerable.Range(1, silos).Select(weight => new SiloDescriptor($"silo-{weight}", "", weight, new(0, 1), new(1)))]);
        var total = silos * (silos + 1) / 2;

        var counts = Keys(ManyKeys).CountBy(key => Rendezvous.OwnerOf(key, map)).ToDictionary();

        for (var i = 0; i < silos; i++)
        {
            var (low, high) = Binomial.Interval(ManyKeys, (i + 1.0) / total, Tail);
            Assert.InRange(counts.GetValueOrDefault(i), low, high);
        }
    }

    [Fact]
    public void OwnerOf_ARestartUnderTheSameName_MovesNone()
    {
        var before = MapOf("a", "b", "c");
        var after = before with { Id = 2, Silos = before.Silos.SetItem(1, before.Silos[1] with { Life = new(77), DataPlane = new(1, 2) }) };

        Assert.All(Keys(ManyKeys), key => Assert.Equal(Rendezvous.OwnerOf(key, before), Rendezvous.OwnerOf(key, after)));
    }

    private static string NameOfOwner(BlockKey key, ClusterMap map) => map.Silos[Rendezvous.OwnerOf(key, map)].Name;

    private static ClusterMap MapOf(params string[] names) =>
        new(1, [.. names.Select(name => new SiloDescriptor(name, "", 1, new(0, 1), new(1)))]);

    private static BlockKey[] Keys(int count) => [.. Enumerable.Range(0, count).Select(i => BlockKey.From($"kv:m/{i:x4}"))];
}
