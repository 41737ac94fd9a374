using KvOrleans.Silo.Health;

namespace KvOrleans.Silo.Tests.Health;

/// <summary>Each probe turns red for its own reasons, and for no other.</summary>
public sealed class HealthAnswersTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(25);

    private readonly SiloCourse _course = new();
    private readonly FakeLife _life = new();
    private readonly Liveness _liveness;
    private readonly HealthAnswers _answers;

    public HealthAnswersTests()
    {
        _liveness = new(_course, Grace, TimeProvider.System);
        _answers = new(_course, _liveness);
    }

    [Fact]
    public void Start_ThatGoesOn_IsLiveAndNothingElse() => Are("ok", "not ready: the silo is starting", "not started: the silo is starting");

    [Fact]
    public void Life_ThatIsReady_IsAllGreen()
    {
        _course.Live(_life);

        Are("ok", "ready", "started");
    }

    [Fact]
    public void Life_ThatWasReadyAndIsNot_StaysStarted()
    {
        _course.Live(_life);
        Are("ok", "ready", "started");

        _life.NotReady = "cut off";
        Are("ok", "not ready: cut off", "started");
        _course.Enter(SiloStage.Ending);
        Are("ok", "not ready: this life of the silo is over", "started");
        _course.Enter(SiloStage.Waiting, "no table");
        Are("ok", "not ready: no table", "started");
    }

    [Fact]
    public void Stop_IsNotReadyAndFinal()
    {
        _course.Live(_life);
        Are("ok", "ready", "started");

        _course.Enter(SiloStage.Stopping);
        _course.Live(_life);

        Are("ok", "not ready: this silo is draining or stopping", "started");
    }

    [Fact]
    public void DataPlane_ThatEnded_IsStuckAtOnce()
    {
        _course.Live(_life);
        _life.Ended = "it accepts no more";

        Assert.Equal((false, "stuck: it accepts no more\n"), _answers.To(ProbePaths.Live));
    }

    [Fact]
    public void Standstill_IsStuckUntilItMoves()
    {
        _course.Live(_life);
        Look(Liveness.LongestStandstill + 1);
        Assert.Equal((true, "ok\n"), _answers.To(ProbePaths.Live));

        Look(1);
        Assert.Equal((false, "stuck: turning stands still\n"), _answers.To(ProbePaths.Live));

        _life.Turns++;
        Look(1);
        Assert.Equal((true, "ok\n"), _answers.To(ProbePaths.Live));
    }

    [Fact]
    public void SlowTurns_OfABusySilo_AreNotStuck()
    {
        _course.Live(_life);
        for (var i = 0; i < 10; i++, _life.Turns++)
        {
            Look(Liveness.LongestStandstill);
            Assert.Equal((true, "ok\n"), _answers.To(ProbePaths.Live));
        }
    }

    [Fact]
    public void Idleness_IsNotStuck()
    {
        _course.Live(_life);
        _life.IsIdle = true;

        Look(10 * Liveness.LongestStandstill);

        Assert.Equal((true, "ok\n"), _answers.To(ProbePaths.Live));
    }

    [Theory]
    [InlineData(nameof(SiloStage.Starting), Liveness.LongestStart, "stuck: the silo does not come to the end of its start\n")]
    [InlineData(nameof(SiloStage.Ending), Liveness.LongestEnd, "stuck: a life of the silo is over and does not end\n")]
    [InlineData(nameof(SiloStage.Stopping), 90 + 25, "stuck: the silo was told to stop and does not\n")]
    public void Stage_ThatDoesNotEnd_IsStuck(string stage, int longest, string expected)
    {
        _course.Live(_life);
        _course.Enter(Enum.Parse<SiloStage>(stage));

        Look(longest + 1);
        Assert.Equal((true, "ok\n"), _answers.To(ProbePaths.Live));
        Look(1);
        Assert.Equal((false, expected), _answers.To(ProbePaths.Live));
    }

    [Fact]
    public void Wait_ForOthers_IsNeverStuck()
    {
        _course.Enter(SiloStage.Waiting, "no table");

        Look(10_000);

        Assert.Equal((true, "ok\n"), _answers.To(ProbePaths.Live));
    }

    [Fact]
    public void OtherPath_IsNotAnswered() => Assert.Null(_answers.To("/metrics"));

    private void Look(int times)
    {
        for (var i = 0; i < times; i++)
            _liveness.LookOnce();
    }

    private void Are(string live, string ready, string started)
    {
        Assert.Equal((live == "ok", $"{live}\n"), _answers.To(ProbePaths.Live));
        Assert.Equal((ready == "ready", $"{ready}\n"), _answers.To(ProbePaths.Ready));
        Assert.Equal((started == "started", $"{started}\n"), _answers.To(ProbePaths.Started));
    }
}
