using KvOrleans.Cli.Contents;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Tests.Contents;

public sealed class BlockContentTests
{
    private static readonly BlockContent Content = new();
    private static readonly BlockKey Key = BlockKey.From("kv:test/1");

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(65536)]
    [InlineData(20 << 20)]
    public void CountWrong_WhatFillMade_IsZero(int length)
    {
        var block = Made(Key, length);

        Assert.Equal(0, Content.CountWrong(Key, block));
        Assert.Equal(0, new BlockContent().CountWrong(Key, block));
    }

    [Fact]
    public void CountWrong_AnySingleFlippedByte_IsOne()
    {
        var block = Made(Key, 3 * BlockContent.PageBytes + 9);
        for (var at = 0; at < block.Length; at++)
        {
            block[at] ^= 0x10;
            Assert.Equal(1, Content.CountWrong(Key, block));
            block[at] ^= 0x10;
        }
    }

    [Fact]
    public void CountWrong_SwappedPages_AreFound()
    {
        var block = Made(Key, 4 * BlockContent.PageBytes);
        var first = block[..BlockContent.PageBytes];
        block.AsSpan(BlockContent.PageBytes, BlockContent.PageBytes).CopyTo(block);
        first.CopyTo(block, BlockContent.PageBytes);

        Assert.InRange(Content.CountWrong(Key, block), BlockContent.PageBytes, 2 * BlockContent.PageBytes);
    }

    [Fact]
    public void CountWrong_PagesThatAreThePoolsLengthApart_AreFoundByTheirStamps()
    {
        const int PoolBytes = 16 << 20;
        var block = Made(Key, PoolBytes + BlockContent.PageBytes);
        Assert.Equal(block.AsSpan(16, BlockContent.PageBytes - 16), block.AsSpan(PoolBytes + 16, BlockContent.PageBytes - 16));

        block.AsSpan(PoolBytes, BlockContent.PageBytes).CopyTo(block);

        Assert.InRange(Content.CountWrong(Key, block), 1, 16);
    }

    [Fact]
    public void CountWrong_OfAnotherKeysBlock_IsAlmostAll()
    {
        var block = Made(BlockKey.From("kv:test/2"), 65536);

        Assert.InRange(Content.CountWrong(Key, block), 60_000, 65_536);
    }

    [Fact]
    public void CountWrong_ABlockThatEndsInAnother_IsFound()
    {
        var block = Made(Key, 65536);
        Made(BlockKey.From("kv:test/2"), 65536).AsSpan(40_000).CopyTo(block.AsSpan(40_000));

        Assert.InRange(Content.CountWrong(Key, block), 25_000, 25_536);
    }

    [Fact]
    public void Fill_OfAKey_IsTheSameForEver()
    {
        Assert.Equal("BD3D12BE", Convert.ToHexString(Made(Key, 20)[16..]));
    }

    private static byte[] Made(BlockKey key, int length)
    {
        var block = new byte[length];
        Content.Fill(key, block);
        return block;
    }
}
