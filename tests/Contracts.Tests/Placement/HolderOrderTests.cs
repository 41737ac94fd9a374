using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;

namespace KvOrleans.Contracts.Tests.Placement;

/// <summary>Where a key's copies go.</summary>
public sealed class HolderOrderTests
{
    private static readonly ClusterMap Golden = new(1,
    [
        Silo("silo-0", "a"), Silo("silo-1", "b"), Silo("silo-2", "a", 2), Silo("silo-3", "b"), Silo("kv-0.kv.cache.svc", "c", 3), Silo("ζ-5", ""),
    ]);

    private static readonly ImmutableArray<byte> AllBytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];

    /// <summary>Computed outside this code, with Python's hashlib and xxhash: a key, its ranks, its holder order.</summary>
    public static TheoryData<string, byte[], int[], int[]> Vectors => new()
    {
        { "1", "kv:m/0001"u8.ToArray(), [4, 3, 1, 2, 5, 0], [4, 3, 2, 5, 1, 0] },
        { "2", "kv:m/0002"u8.ToArray(), [4, 0, 2, 3, 1, 5], [4, 0, 3, 5, 2, 1] },
        { "3", "kv:m/0003"u8.ToArray(), [1, 0, 2, 4, 5, 3], [1, 0, 4, 5, 2, 3] },
        { "of a Redis client", "user:42"u8.ToArray(), [0, 4, 2, 1, 5, 3], [0, 4, 1, 5, 2, 3] },
        { "all bytes", [.. AllBytes], [2, 4, 5, 3, 0, 1], [2, 4, 5, 3, 0, 1] },
        { "the longest", [.. Enumerable.Repeat((byte)'x', 512)], [4, 2, 3, 5, 1, 0], [4, 2, 3, 5, 1, 0] },
        { "zero", [0], [4, 3, 2, 0, 1, 5], [4, 3, 2, 5, 0, 1] },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void HolderOrder_GoldenKeys_NeverChanges(string name, byte[] key, int[] ranks, int[] holders)
    {
        Assert.NotEmpty(name);
        Assert.Equal(holders, Order(KeyId.Of(key), Golden));
        Assert.Equal(holders[0], Rendezvous.OwnerOf(BlockKey.From(key), Golden));

        // Without zones the order is the ranks'.
        Assert.Equal(ranks, Order(KeyId.Of(key), Golden with { Silos = [.. Golden.Silos.Select(silo => silo with { Zone = "" })] }));
    }

    [Fact]
    public void HolderOrder_ThreeZones_HasOneSiloOfEachFirst()
    {
        foreach (var id in Ids(500))
        {
            var order = Order(id, Golden);

            Assert.Equal(Enumerable.Range(0, 6), order.Order());
            Assert.Equal(4, order.Take(4).Select(silo => Golden.Silos[silo].Zone).Distinct().Count());
        }
    }

    [Fact]
    public void HolderOrder_LittleRoom_IsTheBeginning()
    {
        Span<int> two = stackalloc int[2];
        foreach (var id in Ids(50))
        {
            Assert.Equal(2, Rendezvous.HolderOrder(id, Golden, two));
            Assert.Equal(Order(id, Golden)[..2], two.ToArray());
        }
    }

    [Fact]
    public void HolderOrder_EmptyMap_IsEmpty() => Assert.Empty(Order(Ids(1).First(), new(1, [])));

    [Fact]
    public void HolderOrder_OwnerIsGone_ItsFirstCopyBecomesTheOwnerWithoutZones()
    {
        var map = Golden with { Silos = [.. Golden.Silos.Select(silo => silo with { Zone = "" })] };
        foreach (var id in Ids(200))
        {
            var order = Order(id, map);
            var without = map with { Silos = map.Silos.RemoveAt(order[0]) };
            Assert.Equal(map.Silos[order[1]], without.Silos[Rendezvous.OwnerOf(id, without)]);
        }
    }

    private static SiloDescriptor Silo(string name, string zone, int weight = 1) => new(name, zone, weight, new(0, 1), new(1));

    private static IEnumerable<KeyId> Ids(int count) => Enumerable.Range(0, count).Select(i => KeyId.Of(BlockKey.From($"kv:m/{i:x4}").Span));

    private static int[] Order(KeyId id, ClusterMap map)
    {
        var order = new int[map.Silos.Length];
        Assert.Equal(order.Length, Rendezvous.HolderOrder(id, map, order));
        return order;
    }
}
