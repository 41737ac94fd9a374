namespace KvOrleans.Wire.Tests.Commands;

/// <summary>Words as Redis 7 splits them.</summary>
public sealed class InlineCommandTests
{
    private const int Longest = 64 * 1024;

    [Theory]
    [InlineData("PING\r\n", "PING")]
    [InlineData("PING\n", "PING")]
    [InlineData("  GET \t k  \r\n", "GET|k")]
    [InlineData("ECHO \"\"\r\n", "ECHO|")]
    [InlineData("ECHO ''\r\n", "ECHO|")]
    [InlineData("ECHO a\"\"\r\n", "ECHO|a")]
    [InlineData("ECHO foo\"bar\"\r\n", "ECHO|foobar")]
    [InlineData("ECHO \"a b\" 'c d'\r\n", "ECHO|a b|c d")]
    [InlineData("ECHO \"it's\"\r\n", "ECHO|it's")]
    [InlineData("ECHO 'say \"a\"'\r\n", "ECHO|say \"a\"")]
    [InlineData("ECHO \"\\x41\\n\\r\\t\\b\\a\\q\\\\\\\"\\x4\\xzz\"\r\n", "ECHO|A\n\r\t\b\aq\\\"x4xzz")]
    [InlineData("ECHO \"\\xFF\\x00\"\r\n", "ECHO|\xFF\0")]
    [InlineData("ECHO 'x\\ny\\'z\\\\w'\r\n", "ECHO|x\\ny'z\\\\w")]
    [InlineData("ECHO a\\nb\r\n", "ECHO|a\\nb")]
    [InlineData("ECHO a\rb\r\n", "ECHO|a|b")]
    [InlineData("ECHO a\vb\fc\r\n", "ECHO|a\vb\fc")]
    [InlineData("ECHO \v \"a\"\v'b'\f\r\n", "ECHO|a|b")]
    [InlineData("ECHO a\0\"b\"\r\n", "ECHO|a\0b")]
    [InlineData("ECHO \xA0\x85\r\n", "ECHO|\xA0\x85")]
    public async Task Read_InlineCommand_IsSplitAsInRedis(string line, string words) =>
        Assert.Equal(words.Split('|'), (await CommandDriver.RunAsync(line)).Words(0));

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData(" \t\v\f\r\r\n")]
    public async Task Read_EmptyLine_IsAnEmptyCommand(string line)
    {
        var transcript = await CommandDriver.RunAsync(line + "PING\r\n");

        Assert.Empty(transcript.Commands[0]);
        Assert.Equal(["PING"], transcript.Words(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_LongestLine_IsOneWord(bool quoted)
    {
        var word = quoted ? "\"" + new string('w', Longest - 2) + "\"" : new string('w', Longest);

        var transcript = await CommandDriver.RunAsync(Latin1.Bytes(word + "\nPING\n"), [1000]);

        Assert.Equal([word.Trim('"')], transcript.Words(0));
        Assert.Equal(["PING"], transcript.Words(1));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("", 100_000)]
    [InlineData("\n", 1)]
    [InlineData("\n", 100_000)]
    public async Task Read_LineOverTheBound_IsTooBig(string end, int chunk)
    {
        var transcript = await CommandDriver.RunAsync(Latin1.Bytes(new string('w', Longest + 1) + end), [chunk]);

        Assert.Empty(transcript.Commands);
        Assert.Equal("Protocol error: too big inline request", transcript.End);
        Assert.InRange(transcript.LargestBuffer, Longest, 2 * Longest);
    }
}
