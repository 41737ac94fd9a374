using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;

namespace KvOrleans.Contracts.Tests.Placement;

public sealed class OwnerFinderTests
{
    private const int ManyKeys = 5000;

    /// <summary>Numbers of silos, and whether all have the same weight.</summary>
    public static TheoryData<int, bool> Maps => new(
        from silos in new[] { 0, 1, 2, 3, 7, 20, 70 }
        from isEven in new[] { true, false }
        select (silos, isEven));

    [Theory]
    [MemberData(nameof(Maps))]
    public void Find_ManyKeys_AreTheOwnersOfEach(int silos, bool isEven)
    {
        var map = MapOf(silos, isEven);
        BlockKey[] keys = [.. Enumerable.Range(0, ManyKeys).Select(i => BlockKey.From($"kv:m/{new string('0', i % 90)}{i:x4}"))];
        var owners = new int[ManyKeys];

        new OwnerFinder(map).Find(keys, owners);

        Assert.Equal(keys.Select(key => Rendezvous.OwnerOf(key, map)), owners);
        Assert.Equal(keys.Select(key => new OwnerFinder(map).Find(key.Span)), owners);
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void Find_RangesOfABuffer_AreTheOwnersOfEach(int silos, bool isEven)
    {
        var map = MapOf(silos, isEven);
        var buffer = new byte[ManyKeys];
        new Random(7).NextBytes(buffer);
        (int Offset, int Length)[] ranges = [.. Enumerable.Range(0, 500).Select(i => (i * 3, 1 + (i * 37 % BlockKey.MaxLength)))];
        var owners = new int[ranges.Length];

        new OwnerFinder(map).Find(buffer, ranges, owners);

        Assert.Equal(ranges.Select(range => Rendezvous.OwnerOf(buffer.AsSpan(range.Offset, range.Length), map)), owners);
    }

    [Fact]
    public void Find_LongName_IsTheOwnerOfEach()
    {
        var map = new ClusterMap(1, [.. new[] { "a", new string('b', 300) }.Select(name => new SiloDescriptor(name, "", 1, new(0, 1), new(1)))]);
        var finder = new OwnerFinder(map);

        for (var i = 0; i < ManyKeys; i++)
            Assert.Equal(Rendezvous.OwnerOf(KeyId.Of(BitConverter.GetBytes(i)), map), finder.Find(KeyId.Of(BitConverter.GetBytes(i))));
    }

    [Fact]
    public void Find_LessRoomThanKeys_IsRefused() =>
        Assert.Throws<ArgumentException>("owners", () => new OwnerFinder(new(1, [])).Find(new BlockKey[2], new int[1]));

    private static ClusterMap MapOf(int silos, bool isEven) =>
        new(1, [.. Enumerable.Range(0, silos).Select(i => new SiloDescriptor($"silo-{i}", "", isEven ? 5 : 1 + (i % 4), new(0, 1), new(1)))]);
}
