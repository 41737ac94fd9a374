using System.Text;

namespace KvOrleans.Storage.Tests.Index;

public sealed class IndexCostTests(ITestOutputHelper output)
{
    private const int Blocks = 200_000;
    private const int KeyBytes = 40;
    private const int MostBytesPerBlock = 256;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Publish_ManySmallBlocks_CostsLittleBesideTheKey(bool namesParents)
    {
        using var test = new TestStore(memory: (long)Blocks * TestStore.Page, segment: 1 << 30);
        var nativeBefore = test.Store.GetNativeFootprint().Bytes;
        var managedBefore = GC.GetTotalMemory(forceFullCollection: true);

        // Half a region is lost to rounding, so the first few are evicted.
        Span<byte> key = stackalloc byte[KeyBytes];
        for (var i = 0; i < Blocks; i++)
        {
            key.Clear();
            Encoding.UTF8.GetBytes($"{i}", key);
            var staged = test.Store.TryStage(0);
            Assert.NotNull(staged);
            staged.Parent = namesParents ? (UInt128)(i + 1) : 0;
            Assert.True(test.Store.TryPublish(key, null, staged, test.NextVersion(), null));
        }

        var managed = GC.GetTotalMemory(forceFullCollection: true) - managedBefore;
        var native = test.Store.GetNativeFootprint().Bytes - nativeBefore;
        var blocks = test.Statistics.Blocks;
        var perBlock = ((double)(managed + native) / blocks) - KeyBytes;
        output.WriteLine($"{perBlock:f1} bytes a block beside its key: native {(double)native / blocks:f1} with it, managed {(double)managed / blocks:f1}");
        Assert.InRange(blocks, Blocks - 512, Blocks);
        Assert.InRange(perBlock, 1, MostBytesPerBlock);
    }
}
