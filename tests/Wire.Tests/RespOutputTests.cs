namespace KvOrleans.Wire.Tests;

public sealed class RespOutputTests
{
    private readonly MemoryStream _stream = new();

    [Theory]
    [InlineData(RespProtocol.Resp2, "$-1\r\n*-1\r\n*4\r\n*0\r\n")]
    [InlineData(RespProtocol.Resp3, "_\r\n_\r\n%2\r\n%0\r\n")]
    public async Task Write_NullsAndMaps_FollowTheProtocol(RespProtocol protocol, string expected)
    {
        Assert.Equal(expected, await WrittenAsync(protocol, static output =>
        {
            output.WriteNull();
            output.WriteNullArray();
            output.WriteMapHeader(2);
            output.WriteMapHeader(0);
        }));
    }

    [Theory]
    [InlineData(RespProtocol.Resp2)]
    [InlineData(RespProtocol.Resp3)]
    public async Task Write_AllElse_IsTheSameInBothProtocols(RespProtocol protocol)
    {
        Assert.Equal("+OK\r\n-ERR no\r\n:-7\r\n*3\r\n$5\r\nhello\r\n$0\r\n\r\n$3\r\n\xE2\x82\xAC\r\nraw", await WrittenAsync(protocol, static output =>
        {
            output.WriteSimpleString("OK"u8);
            output.WriteError("ERR no");
            output.WriteInteger(-7);
            output.WriteArrayHeader(3);
            output.WriteBulkHeader(5);
            output.WriteRaw("hello"u8);
            output.WriteLineEnd();
            output.WriteBulk([]);
            output.WriteBulk("€");
            output.WriteRaw("raw"u8);
        }));
    }

    [Theory]
    [InlineData(long.MinValue, ":-9223372036854775808\r\n")]
    [InlineData(long.MaxValue, ":9223372036854775807\r\n")]
    [InlineData(0, ":0\r\n")]
    public async Task WriteInteger_Extremes_AreWhole(long value, string expected) =>
        Assert.Equal(expected, await WrittenAsync(RespProtocol.Resp2, output => output.WriteInteger(value)));

    [Theory]
    [InlineData("ERR a\r\nb", "-ERR a  b\r\n")]
    [InlineData("\n", "- \r\n")]
    [InlineData("", "-\r\n")]
    public async Task WriteError_LineBreaks_BecomeSpaces(string text, string expected)
    {
        Assert.Equal("+x\r\n" + expected + "+y\r\n", await WrittenAsync(RespProtocol.Resp2, output =>
        {
            output.WriteSimpleString("x"u8);
            output.WriteError(text);
            output.WriteSimpleString("y"u8);
        }));
    }

    [Fact]
    public async Task Write_BeforeFlush_NothingReachesTheStream()
    {
        using var output = new RespOutput(_stream);
        output.WriteInteger(1);
        await output.WritePayloadAsync(new byte[RespOutput.CopyLimit], default);

        Assert.Equal(0, _stream.Length);
        Assert.Equal(4 + RespOutput.CopyLimit, output.BufferedCount);

        await output.FlushAsync(default);

        Assert.Equal(4 + RespOutput.CopyLimit, _stream.Length);
        Assert.Equal(0, output.BufferedCount);
    }

    [Fact]
    public async Task WritePayloadAsync_LargePayload_GoesOutBehindWhatIsBuffered()
    {
        using var output = new RespOutput(_stream);
        output.WriteInteger(1);
        await output.WritePayloadAsync(new byte[RespOutput.CopyLimit + 1], default);

        Assert.Equal(":1\r\n\0"u8, _stream.ToArray().AsSpan(0, 5));
        Assert.Equal(4 + RespOutput.CopyLimit + 1, _stream.Length);
    }

    [Fact]
    public void WantsFlush_MuchIsBuffered_True()
    {
        using var output = new RespOutput(_stream);
        while (output.BufferedCount < 64 * 1024)
        {
            Assert.False(output.WantsFlush);
            output.WriteBulk(new byte[1000]);
        }

        Assert.True(output.WantsFlush);
    }

    [Fact]
    public async Task Dispose_WithUnflushedBytes_DropsThem()
    {
        var output = new RespOutput(_stream);
        output.WriteInteger(1);
        output.Dispose();
        await output.FlushAsync(default);

        Assert.Equal(0, _stream.Length);
    }

    private async Task<string> WrittenAsync(RespProtocol protocol, Action<RespOutput> write)
    {
        using var output = new RespOutput(_stream) { Protocol = protocol };
        write(output);
        await output.FlushAsync(default);
        return Latin1.Text(_stream.ToArray());
    }
}
