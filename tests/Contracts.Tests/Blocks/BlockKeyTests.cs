using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Tests.Blocks;

public class BlockKeyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(BlockKey.MaxLength)]
    public void From_LengthInBounds_KeepsTheBytes(int length)
    {
        var bytes = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        Assert.Equal(bytes, BlockKey.From(bytes).Span);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(BlockKey.MaxLength + 1)]
    public void From_LengthOutOfBounds_IsRefused(int length)
    {
        var error = Assert.Throws<ArgumentException>(() => BlockKey.From(new byte[length]));
        Assert.Contains($"this one has {length}", error.Message);
    }

    [Fact]
    public void From_Text_CountsUtf8Bytes()
    {
        Assert.Equal(512, BlockKey.From(new string('ü', 256)).Length);
        Assert.Throws<ArgumentException>(() => BlockKey.From(new string('ü', 257)));
    }

    [Fact]
    public void From_CallerChangesItsBytes_KeyStays()
    {
        byte[] bytes = [1, 2, 3];
        var key = BlockKey.From(bytes);
        bytes[0] = 9;
        Assert.Equal(new byte[] { 1, 2, 3 }, key.Span);
    }

    [Fact]
    public void Equals_SameBytes_AreOneKey()
    {
        Assert.Equal(BlockKey.From("kv:a"), BlockKey.From("kv:a"u8));
        Assert.Equal(BlockKey.From("kv:a").GetHashCode(), BlockKey.From("kv:a"u8).GetHashCode());
        Assert.NotEqual(BlockKey.From("kv:a"), BlockKey.From("kv:b"));
        Assert.NotEqual(default, BlockKey.From("kv:a"));
        Assert.True(default(BlockKey).IsDefault);
    }

    [Fact]
    public void ToString_AnyKey_KeepsItSecret() => Assert.Equal("block key of 6 bytes", BlockKey.From("secret").ToString());
}
