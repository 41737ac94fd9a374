using System.Net;
using System.Text;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Status;

public sealed class HotBlocksTests
{
    [Fact]
    public async Task GetHotBlocksAsync_ListsOfSilos_AreReadWhole()
    {
        using var hot = new ScriptedSilo("a");
        using var cool = new ScriptedSilo("b");
        await using var client = await TestClient.OfAsync(hot, cool);
        hot.Script = Answers("*3\r\n:77\r\n:5000\r\n*2\r\n"
            + "*5\r\n$4\r\nkv:x\r\n+1-0000000000000001-1-0\r\n:2097152\r\n:4000\r\n*2\r\n$14\r\n127.0.0.1:6380\r\n$14\r\n127.0.0.1:6381\r\n"
            + "*5\r\n$4\r\nkv:y\r\n+1-0000000000000001-2-0\r\n:10\r\n:1\r\n*0\r\n");
        cool.Script = Answers("*3\r\n:1\r\n:0\r\n*0\r\n");

        var reports = await client.GetHotBlocksAsync(TestClient.Long);

        Assert.Equal([(true, 5000), (true, 0)], reports.Select(report => (report.Reached, report.BytesPerSecond)));
        Assert.Equal([BlockKey.From("kv:x"), BlockKey.From("kv:y")], reports[0].Blocks.Select(block => block.Key));
        Assert.Equal(("1-0000000000000001-1-0", 2 << 20, 4000), (reports[0].Blocks[0].Version, reports[0].Blocks[0].Length, reports[0].Blocks[0].BytesPerSecond));
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 6380), new(IPAddress.Loopback, 6381)], reports[0].Blocks[0].Holders);
        Assert.Empty(reports[0].Blocks[1].Holders);
        Assert.Empty(reports[1].Blocks);
    }

    [Theory]
    [InlineData("-ERR unknown command 'KV.HOT'\r\n", "answered: ERR unknown command")]
    [InlineData("-BUSY later\r\n", "answered: BUSY")]
    [InlineData("*2\r\n:1\r\n:2\r\n", "was expected")]
    [InlineData("*3\r\n:1\r\n:2\r\n*1\r\n*5\r\n$4\r\nkv:x\r\n+1-0000000000000001-1-0\r\n:1\r\n:1\r\n*1\r\n$5\r\nthere\r\n", "a holder's address was expected")]
    public async Task GetHotBlocksAsync_ASiloDoesNotKnowTheQuestionOrTheAnswer_SaysSo(string reply, string why)
    {
        using var strange = new ScriptedSilo("a");
        await using var client = await TestClient.OfAsync(strange);
        strange.Script = Answers(reply);

        var report = Assert.Single(await client.GetHotBlocksAsync(TestClient.Long));

        Assert.False(report.Reached);
        Assert.Contains(why, report.Failure);
    }

    [Fact]
    public async Task GetHotBlocksAsync_ASiloIsSilent_SaysSoAndTheOthersAnswer()
    {
        using var answering = new ScriptedSilo("a");
        using var silent = new ScriptedSilo("b");
        await using var client = await TestClient.OfAsync(answering, silent);
        answering.Script = Answers("*3\r\n:1\r\n:0\r\n*0\r\n");
        silent.Script = (_, command) => Task.FromResult(command[0] == "KV.HOT");

        var reports = await client.GetHotBlocksAsync(TestClient.Moderate);

        Assert.Equal([null, "does not answer"], reports.Select(report => report.Failure));
    }

    private static Func<ScriptedConnection, string[], Task<bool>> Answers(string reply) => async (connection, command) =>
    {
        if (command is not ["KV.HOT", "0"])
            return false;
        await connection.SendAsync(Encoding.ASCII.GetBytes(reply));
        return true;
    };
}
