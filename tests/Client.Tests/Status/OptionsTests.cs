using System.Text;
using KvOrleans.Client.Tests.Scripted;

namespace KvOrleans.Client.Tests.Status;

public sealed class OptionsTests
{
    private const string Port = "*12\r\n$4\r\nname\r\n$4\r\nPort\r\n$5\r\nvalue\r\n$2\r\n10\r\n$7\r\ndefault\r\n$1\r\n9\r\n$6\r\nsecret\r\n$2\r\nno\r\n$3\r\nown\r\n$3\r\nyes\r\n$5\r\nlater\r\n:7\r\n";
    private const string Password = "*10\r\n$4\r\nname\r\n$8\r\nPassword\r\n$5\r\nvalue\r\n$3\r\nset\r\n$7\r\ndefault\r\n$3\r\nset\r\n$6\r\nsecret\r\n$3\r\nyes\r\n$3\r\nown\r\n$2\r\nno\r\n";

    [Fact]
    public async Task GetOptionsAsync_OptionsOfSilos_AreReadAndUnknownFieldsPassedBy()
    {
        using var one = new ScriptedSilo("a");
        using var two = new ScriptedSilo("b");
        await using var client = await TestClient.OfAsync(one, two);
        one.Script = Answers("*2\r\n" + Port + Password);
        two.Script = Answers("*0\r\n");

        var reports = await client.GetOptionsAsync(TestClient.Long);

        Assert.All(reports, report => Assert.True(report.Reached, report.Failure));
        Assert.Equal([new("Port", "10", "9", false, true), new("Password", "set", "set", true, false)], reports[0].Options);
        Assert.Equal([false, true], reports[0].Options.Select(option => option.IsDefault));
        Assert.Empty(reports[1].Options);
    }

    [Theory]
    [InlineData("-ERR unknown command 'KV.OPTIONS'\r\n", "answered: ERR unknown command")]
    [InlineData("*513\r\n", "a list of options was expected")]
    [InlineData("*1\r\n*2\r\n$4\r\nname\r\n$4\r\nPort\r\n", "an option without its value came")]
    public async Task GetOptionsAsync_ASiloDoesNotKnowTheQuestionOrTheAnswer_SaysSo(string reply, string why)
    {
        using var strange = new ScriptedSilo("a");
        await using var client = await TestClient.OfAsync(strange);
        strange.Script = Answers(reply);

        var report = Assert.Single(await client.GetOptionsAsync(TestClient.Long));

        Assert.False(report.Reached);
        Assert.Contains(why, report.Failure);
    }

    [Fact]
    public async Task GetOptionsAsync_ASiloIsSilent_SaysSoAndTheOthersAnswer()
    {
        using var answering = new ScriptedSilo("a");
        using var silent = new ScriptedSilo("b");
        await using var client = await TestClient.OfAsync(answering, silent);
        answering.Script = Answers("*0\r\n");
        silent.Script = (_, command) => Task.FromResult(command[0] == "KV.OPTIONS");

        var reports = await client.GetOptionsAsync(TestClient.Moderate);

        Assert.Equal([null, "does not answer"], reports.Select(report => report.Failure));
    }

    private static Func<ScriptedConnection, string[], Task<bool>> Answers(string reply) => async (connection, command) =>
    {
        if (command is not ["KV.OPTIONS"])
            return false;
        await connection.SendAsync(Encoding.ASCII.GetBytes(reply));
        return true;
    };
}
