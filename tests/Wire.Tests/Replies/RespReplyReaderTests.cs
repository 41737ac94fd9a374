namespace KvOrleans.Wire.Tests.Replies;

public sealed class RespReplyReaderTests
{
    private const int Longest = 64 * 1024;

    [Theory]
    [InlineData("+\r\n", "SimpleString ;")]
    [InlineData("-ERR\r\n", "Error 455252;")]
    [InlineData(":+5\r\n", "Integer 5;")]
    [InlineData(":-9223372036854775808\r\n", "Integer -9223372036854775808;")]
    [InlineData("$0\r\n\r\n", "BulkString ;")]
    [InlineData("$2\r\n\r\n\r\n", "BulkString 0D0A;")]
    [InlineData("$-1\r\n", "Null;")]
    [InlineData("*-1\r\n", "Null;")]
    [InlineData("_\r\n", "Null;")]
    [InlineData("*0\r\n", "Array 0;")]
    [InlineData("%2147483647\r\n", "Map 2147483647;")]
    public async Task ReadLine_GoodReply_IsRead(string text, string seen) =>
        Assert.Equal(seen + "Integer 7;" + ReplyDriver.End, await ReplyDriver.RunAsync(Latin1.Bytes(text + ":7\r\n"), [3]));

    [Theory]
    [InlineData(",1.5\r\n", "a reply has an unknown type, ',' (44)")]
    [InlineData("#t\r\n", "a reply has an unknown type, '#' (35)")]
    [InlineData("(123\r\n", "a reply has an unknown type, '(' (40)")]
    [InlineData("=5\r\ntxt:a\r\n", "a reply has an unknown type, '=' (61)")]
    [InlineData("~1\r\n:1\r\n", "a reply has an unknown type, '~' (126)")]
    [InlineData(">1\r\n:1\r\n", "a reply has an unknown type, '>' (62)")]
    [InlineData("!3\r\nERR\r\n", "a reply has an unknown type, '!' (33)")]
    [InlineData("|1\r\n", "a reply has an unknown type, '|' (124)")]
    [InlineData("\x01z\r\n", "a reply has an unknown type, '?' (1)")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "a reply has an unknown type, 'H' (72)")]
    [InlineData("_x\r\n", "a reply has an unknown type, '_' (95)")]
    [InlineData("+OK\n", "a reply's line does not end in CR LF")]
    [InlineData("\n", "a reply's line does not end in CR LF")]
    [InlineData("\r\n", "a reply's line does not end in CR LF")]
    [InlineData(":\r\n", "a reply's number is not one")]
    [InlineData(":1x\r\n", "a reply's number is not one")]
    [InlineData(": 1\r\n", "a reply's number is not one")]
    [InlineData(":9223372036854775808\r\n", "a reply's number is not one")]
    [InlineData("$?\r\n", "a reply's number is not one")]
    [InlineData("$-2\r\n", "a reply has an impossible length")]
    [InlineData("$2147483648\r\n", "a reply has an impossible length")]
    [InlineData("*-5\r\n", "a reply has an impossible length")]
    [InlineData("$3\r\nabcd\r\n", "a payload does not end where its length says")]
    [InlineData("$4\r\nabc\r\n:1\r\n", "a payload does not end where its length says")]
    [InlineData("$3\r\nabc\n\n", "a payload does not end where its length says")]
    public async Task ReadLine_BadReply_IsRefused(string text, string error) =>
        Assert.Equal("Integer 7;", (await ReplyDriver.RunAsync(Latin1.Bytes(":7\r\n" + text), [3])).Replace("BulkString", "").Replace(error, "").Trim());

    [Theory]
    [InlineData("+OK")]
    [InlineData("$3\r\nab")]
    [InlineData("$3\r\nabc\r")]
    [InlineData("$0\r\n")]
    public async Task ReadLine_PeerGoes_IsTheEnd(string text) =>
        Assert.EndsWith(ReplyDriver.End, await ReplyDriver.RunAsync(Latin1.Bytes(text), [2]));

    [Theory]
    [InlineData("", 100)]
    [InlineData("\r\n", 100)]
    [InlineData("\r\n", 1_000_000)]
    public async Task ReadLine_LineOverTheBound_IsRefused(string end, int chunk) =>
        Assert.Equal("a reply's line is longer than 65536 bytes", await ReplyDriver.RunAsync(Latin1.Bytes("+" + new string('a', Longest) + end), [chunk]));
}
