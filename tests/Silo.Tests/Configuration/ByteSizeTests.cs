using KvOrleans.Silo.Configuration;

namespace KvOrleans.Silo.Tests.Configuration;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1048576", 1 << 20)]
    [InlineData("512B", 512)]
    [InlineData("64KiB", 64 << 10)]
    [InlineData(" 8 GiB ", 8L << 30)]
    [InlineData("8gib", 8L << 30)]
    [InlineData("1.5TiB", 3L << 39)]
    [InlineData("0.5KiB", 512)]
    public void TryParse_OfASize_IsItsBytes(string text, long expected)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal(expected, size.Bytes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("GiB")]
    [InlineData("8XB")]
    [InlineData("8GB")]
    [InlineData("-1")]
    [InlineData("-1GiB")]
    [InlineData("1e9")]
    [InlineData("1,000")]
    [InlineData("0.3KiB")]
    [InlineData("8GiBB")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999TiB")]
    public void TryParse_OfAnythingElse_IsRefused(string? text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(1023, "1023B")]
    [InlineData(1 << 20, "1MiB")]
    [InlineData(3 << 19, "1536KiB")]
    public void ToString_OfASize_KeepsItWhole(long bytes, string expected) => Assert.Equal(expected, new ByteSize(bytes).ToString());
}
