using KvOrleans.Contracts.Sizes;

namespace KvOrleans.Contracts.Tests.Sizes;

public sealed class ByteTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1048576", 1 << 20)]
    [InlineData("512B", 512)]
    [InlineData("64KiB", 64 << 10)]
    [InlineData("64 kib", 64 << 10)]
    [InlineData("640MiB", 640L << 20)]
    [InlineData(" 8 GiB ", 8L << 30)]
    [InlineData("1.5TiB", 3L << 39)]
    [InlineData("0.5KiB", 512)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void TryParse_OfASize_IsItsBytesWhateverTheUnits(string text, long expected)
    {
        Assert.True(ByteText.TryParse(text, ByteUnits.Binary, out var bytes));
        Assert.Equal(expected, bytes);
        Assert.True(ByteText.TryParse(text, ByteUnits.BinaryAndDecimal, out bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("2KB", 2_000)]
    [InlineData("3 mb", 3_000_000)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("1.5TB", 1_500_000_000_000)]
    public void TryParse_OfADecimalUnit_IsASizeWhereTheyAreAllowed(string text, long expected)
    {
        Assert.True(ByteText.TryParse(text, ByteUnits.BinaryAndDecimal, out var bytes));
        Assert.Equal(expected, bytes);
        Assert.False(ByteText.TryParse(text, ByteUnits.Binary, out bytes));
        Assert.Equal(0, bytes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("GiB")]
    [InlineData("8XB")]
    [InlineData("8GiBs")]
    [InlineData("8GiBB")]
    [InlineData("-1")]
    [InlineData("-1GiB")]
    [InlineData("1e9")]
    [InlineData("1,000")]
    [InlineData("1.5")]
    [InlineData("0.3KiB")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999TiB")]
    public void TryParse_OfAnythingElse_IsRefused(string? text)
    {
        Assert.False(ByteText.TryParse(text, ByteUnits.Binary, out _));
        Assert.False(ByteText.TryParse(text, ByteUnits.BinaryAndDecimal, out _));
    }
}
