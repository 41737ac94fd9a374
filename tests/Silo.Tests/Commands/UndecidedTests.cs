using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Commands;

/// <summary>A decision of which nothing is heard: "busy" is said only when nothing has changed and nothing will.</summary>
public sealed class UndecidedTests
{
    private const string Busy = "-BUSY too many decisions are under way, try again\r\n";
    private const string Unknown = "-UNKNOWN the change may have taken effect and may have not\r\n";

    [Theory]
    [InlineData("SET", "k", "new")]
    [InlineData("KV.SET", "k", "ANY", "0", "-", "new")]
    [InlineData("DEL", "k")]
    [InlineData("DEL", "kv:k")]
    [InlineData("EXPIRE", "k", "100")]
    public async Task Change_ThatWasMadeAndOfWhichNothingIsHeard_IsUnknown(params string[] command)
    {
        var answers = new LostAnswers(afterRunning: true);
        await using var silo = await SiloUnderTest.StartAsync(answers);
        using var probe = silo.Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", command[1], "old"));
        answers.IsLosing = true;

        Assert.Equal(Unknown, probe.Ask(command));

        Assert.Equal(0, silo.StagedBytes);
    }

    [Theory]
    [InlineData("SET", "k", "new")]
    [InlineData("KV.SET", "k", "ANY", "0", "-", "new")]
    public async Task Write_ThatNobodyTookUp_IsTakenBackAndBusy(params string[] command)
    {
        var answers = new LostAnswers(afterRunning: false);
        await using var silo = await SiloUnderTest.StartAsync(answers);
        using var probe = silo.Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", "k", "old"));
        answers.IsLosing = true;

        Assert.Equal(Busy, probe.Ask(command));

        Assert.Equal("$3\r\nold\r\n", probe.Ask("GET", "k"));
        Assert.Equal(0, silo.StagedBytes);
    }

    [Fact]
    public async Task Delete_OfWhichNothingIsHeard_IsUnknown()
    {
        var answers = new LostAnswers(afterRunning: false);
        await using var silo = await SiloUnderTest.StartAsync(answers);
        using var probe = silo.Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", "k", "old"));
        answers.IsLosing = true;

        Assert.Equal(Unknown, probe.Ask("DEL", "k"));
    }
}
