using KvOrleans.Wire.Commands;

namespace KvOrleans.Wire.Tests.Commands;

public sealed class RespLimitsTests
{
    private const string MultibulkLength = "Protocol error: invalid multibulk length";
    private const string BulkLength = "Protocol error: invalid bulk length";

    private static readonly RespLimits Limits = new(MaxArguments: 3, MaxArgumentBytes: 100, MaxValueBytes: 20_000);

    [Theory]
    [InlineData(3, Transcript.Partial)]
    [InlineData(4, MultibulkLength)]
    public async Task Read_ArgumentCount_IsBounded(int count, string end) =>
        Assert.Equal(end, (await CommandDriver.RunAsync($"*{count}\r\n", Limits)).End);

    [Theory]
    [InlineData(100, Transcript.Partial)]
    [InlineData(101, BulkLength)]
    public async Task Read_ArgumentBytes_AreBounded(int length, string end)
    {
        Assert.Equal(end, (await CommandDriver.RunAsync($"*1\r\n${length}\r\n", Limits)).End);
        Assert.Equal(end, (await CommandDriver.RunAsync($"*3\r\n$2\r\nV1\r\n$1\r\nv\r\n${length}\r\n", Limits)).End);
    }

    [Theory]
    [InlineData(20_000, Transcript.Partial)]
    [InlineData(20_001, BulkLength)]
    public async Task Read_ValueBytes_AreBounded(int length, string end) =>
        Assert.Equal(end, (await CommandDriver.RunAsync($"*3\r\n$2\r\nV2\r\n$1\r\nk\r\n${length}\r\n", Limits)).End);

    [Theory]
    [InlineData("V0")]
    [InlineData("V9")]
    [InlineData("GET")]
    public async Task Read_NoValueInTheCommand_EveryArgumentIsBounded(string name) =>
        Assert.Equal(BulkLength, (await CommandDriver.RunAsync($"*3\r\n${name.Length}\r\n{name}\r\n$1\r\nk\r\n$101\r\n", Limits)).End);

    [Theory]
    [InlineData("a b c\r\n", Transcript.Whole)]
    [InlineData("a b c d\r\n", "Protocol error: too many arguments")]
    public async Task Read_InlineWords_AreBounded(string line, string end) =>
        Assert.Equal(end, (await CommandDriver.RunAsync(line, Limits)).End);

    [Theory]
    [InlineData("*10\r\n", Transcript.Partial)]
    [InlineData("*11\r\n", "Protocol error: unauthenticated multibulk length")]
    [InlineData("*2147483648\r\n", MultibulkLength)]
    [InlineData("*2\r\n$4\r\nAUTH\r\n$16384\r\n", Transcript.Partial)]
    [InlineData("*2\r\n$4\r\nAUTH\r\n$16385\r\n", "Protocol error: unauthenticated bulk length")]
    [InlineData("*3\r\n$2\r\nV2\r\n$1\r\nk\r\n$16385\r\n", "Protocol error: unauthenticated bulk length")]
    public async Task Read_BeforeAuthentication_LittleIsAccepted(string text, string end) =>
        Assert.Equal(end, (await CommandDriver.RunAsync(text, RespLimits.Unauthenticated)).End);

    [Fact]
    public async Task Read_ArgumentsBesideTheValueOverTheBuffer_AreRefused()
    {
        var command = SentCommand.Array([.. Enumerable.Repeat(new byte[1000], 10)]);

        var transcript = await CommandDriver.RunAsync(command.Bytes, [100], maxCapacity: 4096);

        Assert.StartsWith("Protocol error: too big request", transcript.End);
        Assert.Equal(4096, transcript.LargestBuffer);
    }

    [Fact]
    public async Task Read_LargestLengths_DoNotOverflow()
    {
        RespLimits limits = new(int.MaxValue, int.MaxValue, int.MaxValue);

        Assert.Equal(Transcript.Partial, (await CommandDriver.RunAsync("*2147483647\r\n$2147483647\r\nabc", limits)).End);
    }
}
