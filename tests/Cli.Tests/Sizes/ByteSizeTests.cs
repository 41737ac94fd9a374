using KvOrleans.Cli.Sizes;

namespace KvOrleans.Cli.Tests.Sizes;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("65536", 65536)]
    [InlineData("64KiB", 65536)]
    [InlineData("64 kib", 65536)]
    [InlineData("640MiB", 671088640)]
    [InlineData("8GiB", 8589934592)]
    [InlineData("1.5GiB", 1610612736)]
    [InlineData("2GB", 2000000000)]
    [InlineData("12B", 12)]
    public void TryParse_Size_GivesItsBytes(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var parsed));
        Assert.Equal(bytes, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("GiB")]
    [InlineData("8 GiBs")]
    [InlineData("1e6")]
    [InlineData("99999999999TiB")]
    [InlineData("0.3KiB")]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(65536, "64 KiB")]
    [InlineData(671088640, "640 MiB")]
    [InlineData(1610612736, "1.50 GiB")]
    [InlineData(4687626240, "4.37 GiB")]
    public void Format_Bytes_HasABinaryUnit(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));
}
