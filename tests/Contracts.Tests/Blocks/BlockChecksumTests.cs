using System.IO.Hashing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Tests.Blocks;

public class BlockChecksumTests
{
    // The first is the published XXH3-64 of no bytes with seed 0.
    [Fact]
    public void Of_NoBytes_IsThePublishedValue() => Assert.Equal("2d06800538d394c2", BlockChecksum.Of([]).ToString());

    [Fact]
    public void Of_BytesInPieces_IsTheSameAsAtOnce()
    {
        var bytes = Enumerable.Range(0, 10_000).Select(i => (byte)(i * 31)).ToArray();
        var hash = new XxHash3();
        foreach (var piece in bytes.Chunk(37))
            hash.Append(piece);

        Assert.Equal(BlockChecksum.Of(bytes), BlockChecksum.Of(hash));
    }
}
