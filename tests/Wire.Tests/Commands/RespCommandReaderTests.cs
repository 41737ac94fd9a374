using KvOrleans.Wire.Commands;

namespace KvOrleans.Wire.Tests.Commands;

public sealed class RespCommandReaderTests
{
    private const int Large = RespCommandReader.InlineValueLimit + 1;

    private readonly RespCommandReader _reader = new(new NumberedValuePositions());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Read_LargeValueAnywhere_ComesBesideTheBuffer(int position)
    {
        byte[][] arguments = [.. Enumerable.Range(0, 6).Select(static i => Latin1.Bytes("a" + i))];
        arguments[0] = Latin1.Bytes("V" + position);
        arguments[position] = new byte[Large];

        var transcript = await CommandDriver.RunAsync(SentCommand.Array(arguments).Bytes, [777]);

        Assert.Equal([position], transcript.ReceivedValues);
        Assert.Equal(arguments, transcript.Commands[0]);
    }

    [Fact]
    public async Task Read_ValueAtTheLimit_StaysInTheBuffer()
    {
        var command = SentCommand.Array(["V1"u8.ToArray(), new byte[RespCommandReader.InlineValueLimit]]);

        var transcript = await CommandDriver.RunAsync(command.Bytes, [777]);

        Assert.Equal([-1], transcript.ReceivedValues);
        Assert.Equal(command.Arguments, transcript.Commands[0]);
    }

    [Fact]
    public void Read_Value_TellsWhereItBeginsAndHowLongItIs()
    {
        var head = Latin1.Bytes($"*4\r\n$2\r\nV2\r\n$3\r\nkey\r\n${Large}\r\n");

        Assert.Equal(RespReadStatus.Value, _reader.Read([.. head, .. "vvv"u8]));
        Assert.Equal(head.Length, _reader.Consumed);
        Assert.Equal(Large, _reader.ValueLength);
        Assert.True(_reader.IsUnderWay);

        _reader.ValueReceived();
        Assert.Equal(RespReadStatus.NeedMore, _reader.Read("\r"u8));
        var rest = "\r\n$2\r\nPX\r\nPING\r\n"u8.ToArray();
        Assert.Equal(RespReadStatus.Command, _reader.Read(rest));
        Assert.Equal("\r\n$2\r\nPX\r\n".Length, _reader.Consumed);
        Assert.Equal(4, _reader.Count);
        Assert.Equal(2, _reader.ReceivedValue);
        Assert.Equal("key", Latin1.Text(_reader.GetArgument(rest, 1)));
        Assert.Equal("", Latin1.Text(_reader.GetArgument(rest, 2)));
        Assert.Equal("PX", Latin1.Text(_reader.GetArgument(rest, 3)));
    }

    [Fact]
    public void Reset_AfterAValue_NothingIsLeft()
    {
        Assert.Equal(RespReadStatus.Value, _reader.Read(Latin1.Bytes($"*2\r\n$2\r\nV1\r\n${Large}\r\n")));
        _reader.ValueReceived();
        Assert.Equal(RespReadStatus.Command, _reader.Read("\r\n"u8));

        _reader.Reset();

        Assert.False(_reader.IsUnderWay);
        Assert.Equal(0, _reader.Count);
        Assert.Equal(-1, _reader.ReceivedValue);
        Assert.Equal(RespReadStatus.NeedMore, _reader.Read([]));
        Assert.Equal(RespReadStatus.Command, _reader.Read("*1\r\n$1\r\nx\r\n"u8));
        Assert.Equal(11, _reader.Consumed);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("*1")]
    [InlineData("*1\r\n$")]
    [InlineData("P")]
    public void IsUnderWay_FirstBytesOfACommand_True(string text)
    {
        Assert.False(_reader.IsUnderWay);
        Assert.Equal(RespReadStatus.NeedMore, _reader.Read(Latin1.Bytes(text)));
        Assert.True(_reader.IsUnderWay);
    }

    [Theory]
    [InlineData("*3\r\n$4\r\nMGET\r\n$1\r\na\r\n$2\r\nbc\r\n")]
    [InlineData("MGET a bc\r\n")]
    [InlineData("MGET a \"bc\"\r\n")]
    public void GetRanges_OfOneBuffer_AreTheArguments(string command)
    {
        var bytes = Latin1.Bytes(command);
        _reader.Read(bytes);

        var ranges = new (int Offset, int Length)[2];
        var buffer = _reader.GetRanges(bytes, 1, ranges);

        Assert.Equal("a"u8, buffer.Slice(ranges[0].Offset, ranges[0].Length));
        Assert.Equal("bc"u8, buffer.Slice(ranges[1].Offset, ranges[1].Length));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void GetArgument_NoSuchIndex_Throws(int index)
    {
        _reader.Read("PING more\r\n"u8);
        _reader.Reset();
        _reader.Read("PING\r\n"u8);

        Assert.Throws<ArgumentOutOfRangeException>("index", () => _reader.GetArgument([], index).Length);
    }
}
