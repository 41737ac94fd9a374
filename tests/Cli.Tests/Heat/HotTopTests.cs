using System.Net;
using KvOrleans.Cli.Heat;
using KvOrleans.Client.Status;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Cli.Tests.Heat;

public sealed class HotTopTests
{
    [Fact]
    public void Of_SeveralSilos_AreOneListHottestFirstWithNames()
    {
        var top = HotTop.Of([Report("a", 1, 300, Block("kv:x", 50, 1, 2)), Report("b", 2, 100, Block("kv:y", 200, 2, 1, 9))], rows: 10);

        Assert.Equal((2, 400, 2), (top.Silos, top.BytesPerSecond, top.HotBlocks));
        Assert.Equal([BlockKey.From("kv:y"), BlockKey.From("kv:x")], top.Rows.Select(row => row.Key));
        Assert.Equal([.5, .125], top.Rows.Select(row => row.Share));
        Assert.Equal(["b", "a"], top.Rows.Select(row => row.Owner));
        Assert.Equal(["b", "a", "127.0.0.1:9"], top.Rows[0].Silos);
        Assert.Empty(top.Failures);
    }

    [Fact]
    public void Of_MoreThanAskedFor_CountsAllAndShowsTheHottest()
    {
        var top = HotTop.Of([Report("a", 1, 0, Block("kv:x", 1, 1), Block("kv:y", 3, 1), Block("kv:z", 2, 1))], rows: 2);

        Assert.Equal(3, top.HotBlocks);
        Assert.Equal([3, 2], top.Rows.Select(row => row.BytesPerSecond));
    }

    [Fact]
    public void Of_TwoTellOfABlock_BelievesWhoSawMore()
    {
        var top = HotTop.Of([Report("a", 1, 10, Block("kv:x", 5, 1, 2)), Report("b", 2, 10, Block("kv:x", 8, 2, 1))], rows: 10);

        Assert.Equal("b", Assert.Single(top.Rows).Owner);
    }

    [Fact]
    public void Of_NobodySends_HasNoShare() => Assert.Equal(0, HotTop.Of([Report("a", 1, 0, Block("kv:x", 5, 1))], rows: 1).Rows[0].Share);

    [Fact]
    public void Of_ASiloIsSilent_SaysSo()
    {
        var top = HotTop.Of([Report("a", 1, 10), new(Silo("b", 2), "does not answer", 0, [])], rows: 1);

        Assert.Equal("b does not answer", Assert.Single(top.Failures));
        Assert.Equal(2, top.Silos);
    }

    internal static SiloHotReport Report(string name, int port, long sent, params HotBlockReport[] blocks) => new(Silo(name, port), null, sent, blocks);

    internal static HotBlockReport Block(string key, long rate, params int[] holders) =>
        new(BlockKey.From(key), "1-1-1-0", 2 << 20, rate, [.. holders.Select(port => new IPEndPoint(IPAddress.Loopback, port))]);

    internal static SiloDescriptor Silo(string name, int port) => new(name, "", 1, new(IPAddress.Loopback, port), new((ulong)port));
}
