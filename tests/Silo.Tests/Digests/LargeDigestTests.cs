using System.Text;
using KvOrleans.Contracts.Digests;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;
using KvOrleans.Storage;

namespace KvOrleans.Silo.Tests.Digests;

/// <summary>A digest of more blocks than one reply carries.</summary>
[Collection(MeasuredCollection.Name)]
public sealed class LargeDigestTests
{
    private const int Keys = 220_000;
    private const int Asked = 1000;
    private const int MostBytesPerReply = 4096;

    [Fact]
    public async Task Digest_OfManyBlocks_ComesInParts()
    {
        await using var silo = await StartAsync("1TiB");
        using var probe = silo.Connect();
        var digest = new DigestCopy(probe).Refresh();

        Assert.InRange(digest.Blocks, KeyDigest.BlocksFor(Keys), KeyDigest.BlocksFor(Keys) * 2);
        Assert.Equal((digest.Blocks, (digest.Blocks / DigestCopy.MostBlocks) + 1), (digest.Changes, digest.Replies));
        Assert.True(Enumerable.Range(0, Asked).All(i => digest.MayHave(Key(i))));
        Assert.InRange(Enumerable.Range(Keys, Asked).Count(i => digest.MayHave(Key(i))), 0, Asked / 20);
        Assert.Equal((0, 1), (digest.Refresh().Changes, digest.Replies));
    }

    [Fact]
    public async Task Digest_BeyondTheRate_GetsOnByABlock()
    {
        await using var silo = await StartAsync("1MiB");
        using var probe = silo.Connect();

        // A reply of 272 KiB is a quarter of a second at this rate.
        var isWithheld = false;
        await Eventually.HoldsAsync(() => (isWithheld |= ChangesOf(probe.Ask("KV.DIGEST", "0000000000000000", "0", "0")) == 1) || isWithheld, "the rate is used up");

        var digest = new DigestCopy(probe).Refresh();
        Assert.Equal(digest.Blocks, digest.Changes);
        Assert.True(digest.Replies > 3);
        Assert.True(Enumerable.Range(0, Asked).All(i => digest.MayHave(Key(i))));
    }

    [Fact]
    public async Task Digest_OfAFullReply_AllocatesASmallConstant()
    {
        await using var silo = await StartAsync("1TiB");
        using var probe = silo.Connect();
        var request = RespProbe.Frame("KV.DIGEST", "0000000000000000", "0", "0");
        probe.Send(request);
        var reply = probe.ReadReply().Length;
        Assert.InRange(reply, DigestCopy.MostBlocks * 68, (DigestCopy.MostBlocks * 68) + 200);
        var least = long.MaxValue;
        for (var slice = 0; slice < 10; slice++)
        {
            var before = GC.GetTotalAllocatedBytes(true);
            for (var i = 0; i < 50; i++)
            {
                probe.Send(request);
                probe.Skip(reply);
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(true) - before);
        }

        TestContext.Current.SendDiagnosticMessage("{0} managed bytes per reply of {1}.", least / 50, reply);
        Assert.InRange(least / 50, 0, MostBytesPerReply);
    }

    private static int ChangesOf(string reply)
    {
        var bulk = reply.LastIndexOf('$', reply.IndexOf("*0\r\n$", StringComparison.Ordinal) + 4);
        return int.Parse(reply[(bulk + 1)..reply.IndexOf('\r', bulk)]) / 68;
    }

    private static async Task<SiloUnderTest> StartAsync(string bytesPerSecond)
    {
        var silo = await SiloUnderTest.StartAsync(("Memory:Bytes", "1GiB"), ("Digests:BytesPerSecond", bytesPerSecond));
        for (var i = 0; i < Keys; i++)
            Publish(silo.Store, i);
        return silo;
    }

    private static void Publish(BlockStore store, int i)
    {
        using var staged = store.TryStage(0);
        Assert.True(staged is not null && store.TryPublish(Encoding.ASCII.GetBytes(Key(i)), null, staged, new(1, new(1), i + 1), null));
    }

    private static string Key(int i) => $"kv:large/{i}";
}
