using KvOrleans.Wire.Commands;

namespace KvOrleans.Wire.Tests.Commands;

/// <summary>What Redis 7 answers to the same bytes, unless said otherwise.</summary>
public sealed class ProtocolErrorTests
{
    private const string MultibulkLength = "Protocol error: invalid multibulk length";
    private const string BulkLength = "Protocol error: invalid bulk length";
    private const string Unbalanced = "Protocol error: unbalanced quotes in request";

    [Theory]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("01")]
    [InlineData("00")]
    [InlineData("-0")]
    [InlineData("-")]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("1.0")]
    [InlineData("1\0")]
    [InlineData("2147483648")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551617")]
    [InlineData("-9223372036854775809")]
    public async Task Read_BadArgumentCount_IsInvalidMultibulkLengthBeforeMoreArrives(string count) =>
        Assert.Equal(MultibulkLength, (await CommandDriver.RunAsync($"*{count}\r\n")).End);

    [Theory]
    [InlineData("-1")]
    [InlineData("-2147483648")]
    [InlineData("+4")]
    [InlineData(" 4")]
    [InlineData("04")]
    [InlineData("-0")]
    [InlineData("")]
    [InlineData("4x")]
    [InlineData("2147483648")]
    [InlineData("4294967300")]
    [InlineData("9223372036854775807")]
    [InlineData("18446744073709551620")]
    public async Task Read_BadLength_IsInvalidBulkLengthBeforeMoreArrives(string length) =>
        Assert.Equal(BulkLength, (await CommandDriver.RunAsync($"*1\r\n${length}\r\n")).End);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("-5")]
    [InlineData("-99999999999999")]
    public async Task Read_NoArguments_IsAnEmptyCommand(string count)
    {
        var transcript = await CommandDriver.RunAsync($"*{count}\r\nPING\r\n");

        Assert.Empty(transcript.Commands[0]);
        Assert.Equal(["PING"], transcript.Words(1));
    }

    [Theory]
    [InlineData("*1\r\n:1\r\n", ':')]
    [InlineData("*1\r\nPING\r\n", 'P')]
    [InlineData("*1\r\n\r\n", '?')]
    [InlineData("*2\r\n$4\r\nPING\r\n*1\r\n", '*')]
    public async Task Read_NotALength_SaysWhatWasExpected(string text, char got) =>
        Assert.Equal($"Protocol error: expected '$', got '{got}'", (await CommandDriver.RunAsync(text)).End);

    [Theory]
    [InlineData('*', MultibulkLength)]
    [InlineData('$', BulkLength)]
    public async Task Read_HeaderWithoutEnd_IsRefusedEarly(char type, string error)
    {
        var transcript = await CommandDriver.RunAsync((type == '$' ? "*1\r\n" : "") + type + new string('1', 70_000));

        Assert.Equal(error, transcript.End);
        Assert.InRange(transcript.LargestBuffer, 0, 64);
    }

    /// <summary>Redis does not look at the two bytes behind a payload.</summary>
    [Theory]
    [InlineData("*1\r\n$3\r\nPING\r\n")]
    [InlineData("*1\r\n$4\r\nPING\n\n")]
    [InlineData("*1\r\n$4\r\nPING\rX")]
    [InlineData("*1\r\n$0\r\nPING\r\n")]
    public async Task Read_PayloadDoesNotEndWhereItsLengthSays_IsRefused(string text) =>
        Assert.Equal(BulkLength, (await CommandDriver.RunAsync(text)).End);

    [Theory]
    [InlineData("X\r\n")]
    [InlineData("\n\n")]
    [InlineData("\rX")]
    public async Task Read_LargeValueDoesNotEndWhereItsLengthSays_IsRefused(string end)
    {
        var transcript = await CommandDriver.RunAsync("*3\r\n$2\r\nV2\r\n$1\r\nk\r\n$20000\r\n" + new string('v', 20_000) + end);

        Assert.Empty(transcript.Commands);
        Assert.Equal(BulkLength, transcript.End);
    }

    [Theory]
    [InlineData("*1")]
    [InlineData("*2\r\n$4\r\nPING\r\n")]
    [InlineData("*1\r\n$5\r\nPING\r")]
    [InlineData("*1\r\n$4\r\nPING\r")]
    [InlineData("*3\r\n$2\r\nV2\r\n$1\r\nk\r\n$20000\r\nfew")]
    [InlineData("PING")]
    public async Task Read_StreamEndsEarly_IsUnderWay(string text)
    {
        var transcript = await CommandDriver.RunAsync("PING\r\n" + text);

        Assert.Single(transcript.Commands);
        Assert.Equal(Transcript.Partial, transcript.End);
    }

    [Theory]
    [InlineData("ECHO \"a\r\n")]
    [InlineData("ECHO \"a\\\"\r\n")]
    [InlineData("ECHO \"a\\\r\n")]
    [InlineData("ECHO \"a\"b\r\n")]
    [InlineData("ECHO \"a\"\"b\"\r\n")]
    [InlineData("ECHO 'a\"\r\n")]
    [InlineData("ECHO 'a'b\r\n")]
    [InlineData("ECHO 'a\\'\r\n")]
    [InlineData("ECHO 'a\\\\'\r\n")]
    [InlineData("ECHO it's\r\n")]
    public async Task Read_QuotesThatDoNotMatch_AreUnbalanced(string line) =>
        Assert.Equal(Unbalanced, (await CommandDriver.RunAsync(line)).End);

    [Fact]
    public async Task Read_ErrorAfterCommands_CommandsAreHeard()
    {
        var transcript = await CommandDriver.RunAsync("*1\r\n$4\r\nPING\r\nPING\r\n*x\r\n");

        Assert.Equal(2, transcript.Commands.Count);
        Assert.Equal(MultibulkLength, transcript.End);
    }
}
