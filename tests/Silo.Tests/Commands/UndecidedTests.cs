using KvOrleans.Contracts.Control;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Commands;

/// <summary>A decision of which nothing is heard: "try again" is said only when nothing has changed and nothing will.</summary>
public sealed class UndecidedTests
{
    private const string TryAgain = "-TRYAGAIN the silo that may act on this key now cannot be reached, or is not sure of it yet; nothing was changed\r\n";
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
    public async Task Write_ThatNobodyTookUp_IsTakenBackAndToBeTriedAgain(params string[] command)
    {
        var answers = new LostAnswers(afterRunning: false);
        await using var silo = await SiloUnderTest.StartAsync(answers);
        using var probe = silo.Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", "k", "old"));
        answers.IsLosing = true;

        Assert.Equal(TryAgain, probe.Ask(command));

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

    [Theory]
    [InlineData(DecisionOutcome.StagingLost, "SET", "kv:k", "new")]
    [InlineData(DecisionOutcome.StagingLost, "KV.SET", "k", "ANY", "0", "-", "new")]
    [InlineData(DecisionOutcome.Moved, "SET", "k", "new")]
    public async Task Write_WhoseGrainWasCalledElsewhere_IsDecidedAllTheSame(DecisionOutcome outcome, params string[] command)
    {
        var calls = new MisplacedCalls(outcome);
        await using var silo = await SiloUnderTest.StartAsync(calls);
        using var probe = silo.Connect();
        calls.Left = 4;

        Assert.DoesNotMatch("^-", probe.Ask(command));

        Assert.True(calls.Left < 0);
        Assert.Equal("$3\r\nnew\r\n", probe.Ask("GET", command[1]));
        Assert.Equal(0, silo.StagedBytes);
    }

    [Theory]
    [InlineData(DecisionOutcome.StagingLost)]
    [InlineData(DecisionOutcome.Moved)]
    public async Task Write_WhoseGrainIsAlwaysCalledElsewhere_IsToBeTriedAgain(DecisionOutcome outcome)
    {
        var calls = new MisplacedCalls(outcome);
        await using var silo = await SiloUnderTest.StartAsync(calls);
        using var probe = silo.Connect();
        calls.Left = int.MaxValue;

        Assert.Equal(TryAgain, probe.Ask("SET", "kv:k", "new"));

        Assert.InRange(int.MaxValue - calls.Left, 2, 50);
        Assert.Equal(0, silo.StagedBytes);
    }
}
