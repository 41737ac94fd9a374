using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Storage.Leases;

namespace KvOrleans.Silo.Tests.Routing;

public sealed class OwnedKeysTests
{
    private const int Keys = 300;

    private static readonly SiloLife Self = new(1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void FindAbsent_KeysOfAllLengths_SaysOfTheAbsentWhatContainsSays(int silos)
    {
        var map = new ClusterMap(1, [.. Enumerable.Range(1, silos).Select(i => new SiloDescriptor($"silo-{i}", "", 1, new(0, 1), new((ulong)i)))]);
        var owned = new OwnedKeys(new(map), Self);
        var buffer = new byte[(2 * Keys) + 1000];
        new Random(11).NextBytes(buffer);
        // One of none, and some that are too long, too.
        (int Offset, int Length)[] ranges = [.. Enumerable.Range(0, Keys).Select(i => (i * 2, i * 53 % 600))];
        var keys = new MatchKeys(buffer, ranges);
        KeyMatch[] matches = [.. Enumerable.Range(0, Keys).Select(i => new KeyMatch(i % 5 == 0, default, 0, IsWithheld: i % 7 == 1))];
        var found = new bool[Keys];
        found.AsSpan().Fill(true);

        owned.FindAbsent(keys, matches, found);

        for (var i = 0; i < Keys; i++)
            Assert.Equal(matches[i].IsAbsent && owned.Contains(keys[i]), found[i]);
        Assert.Contains(true, found);
        Assert.Contains(false, found);
    }
}
