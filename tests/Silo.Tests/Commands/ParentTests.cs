using System.Globalization;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Digests;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Commands;

/// <summary><c>KV.SET … PARENT</c>: the parent goes wherever the block goes.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class ParentTests(TwoSilos fixture)
{
    private SilosUnderTest Silos => fixture.Silos;

    [Theory]
    [InlineData(0, 5, "LOCAL")]
    [InlineData(1, 5, "")]
    [InlineData(1, 5, "LOCAL")]
    [InlineData(0, 200_000, "REPLICATED")]
    [InlineData(1, 200_000, "REPLICATED")]
    public void Set_NamingAParent_KeepsItAtTheOwner_AndWithCopies(int through, int length, string concern)
    {
        using var probe = Silos[through].Connect();
        var prefix = $"kv:parent/{through}/{length}/{concern}/";
        var (key, parent) = (Silos.KeyOf(Silos[0], prefix), $"{prefix}parent");
        string[] words = concern.Length == 0 ? [] : [concern];

        Assert.StartsWith("*2\r\n+accepted\r\n", probe.Ask(["KV.SET", key, "ABSENT", "0", "-", .. words, "parent", parent, new string('v', length)]), StringComparison.Ordinal);

        foreach (var silo in concern == "REPLICATED" ? Silos.All : Silos.All.Take(1))
        {
            Assert.True(silo.Store.TryGetInfo(Encoding.ASCII.GetBytes(key), out var info));
            Assert.Equal(length, info.Length);
            Assert.Equal(KeyDigest.Hash(BlockKey.From(parent)), silo.Store.ParentOf(Encoding.ASCII.GetBytes(key), info.Version));
        }

        Assert.Contains(KeyDigest.Hash(BlockKey.From(parent)).ToString("x32", CultureInfo.InvariantCulture), Explained(key), StringComparison.Ordinal);
        Assert.Equal(":1\r\n", probe.Ask("DEL", key));
    }

    [Fact]
    public void Set_NamingALongParent_SaysWhatItAccepts()
    {
        using var probe = Silos[0].Connect();

        Assert.Equal("-ERR invalid parent: a key has 1 to 512 bytes, this one has 513\r\n", probe.Ask("KV.SET", "kv:k", "ANY", "0", "-", "PARENT", new string('p', 513), "v"));
        var key = Silos.KeyOf(Silos[0], "kv:parent/long/");
        Assert.StartsWith("*2\r\n+accepted\r\n", probe.Ask("KV.SET", key, "ANY", "0", "-", "PARENT", new string('p', 512), "v"), StringComparison.Ordinal);
        Assert.Equal(":1\r\n", probe.Ask("DEL", key));
    }

    private string Explained(string key)
    {
        using var probe = Silos[0].Connect();
        return probe.Ask("KV.EXPLAIN", key);
    }
}
