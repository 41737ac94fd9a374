using KvOrleans.Grains.Heat;

namespace KvOrleans.Grains.Tests.Heat;

public sealed class CopyTargetTests
{
    private readonly CopyTarget _target = new();

    [Fact]
    public void Follow_MoreWantedAndPressing_RaisesAtOnce()
    {
        Follow(3, isPressing: false, 0);
        Assert.Equal(1, _target.Copies);
        Follow(3, isPressing: true, 1);
        Assert.Equal(3, _target.Copies);
    }

    [Fact]
    public void Follow_LessWanted_KeepsForTheHoldAndThenTheMostOfIt()
    {
        Follow(8, true, 0);
        Follow(2, false, 1);
        Follow(5, false, 5);
        Follow(1, false, 9.9);
        Assert.Equal(8, _target.Copies);
        Follow(1, false, 10);
        Assert.Equal(5, _target.Copies);
        Follow(1, false, 20);
        Assert.Equal(1, _target.Copies);
    }

    [Fact]
    public void Follow_WantedAgainWithinTheHold_KeepsAll()
    {
        Follow(8, true, 0);
        Follow(1, false, 9);
        Follow(8, false, 9.5);
        Follow(1, false, 19);
        Assert.Equal(8, _target.Copies);
        Follow(1, false, 19.5);
        Assert.Equal(1, _target.Copies);
    }

    [Fact]
    public void Follow_HotAgainSoonAfterItFaded_HoldsTwiceAsLongUpToAMinute()
    {
        var now = 0.0;
        foreach (var hold in new[] { 10, 20, 40, 60, 60 })
        {
            Follow(8, true, now);
            Assert.Equal(TimeSpan.FromSeconds(hold), _target.Hold);
            now += hold;
            Follow(1, false, now);
            Assert.Equal(1, _target.Copies);
            now++;
        }

        Follow(8, true, now + 60);
        Assert.Equal(HeatRules.ShortestHold, _target.Hold);
    }

    [Fact]
    public void Follow_RaisedInSteps_DoublesOnce()
    {
        Follow(4, true, 0);
        Follow(1, false, 10);
        Follow(2, true, 11);
        Follow(4, true, 12);
        Follow(8, true, 13);
        Assert.Equal(TimeSpan.FromSeconds(20), _target.Hold);
    }

    [Fact]
    public void Follow_HeatThatComesAndGoesAtTheWorstMoments_MakesFewCopies()
    {
        const double Step = 0.25;
        var worst = 0;
        for (var period = Step; period <= 30; period += Step)
        {
            var target = new CopyTarget();
            var (made, copies) = (0, 1);
            for (var at = 0.0; at < 300; at += Step)
            {
                var isHot = at % (2 * period) < period;
                target.Follow(isHot ? 8 : 1, isHot, TimeSpan.FromSeconds(at));
                made += Math.Max(0, target.Copies - copies);
                copies = target.Copies;
            }

            worst = Math.Max(worst, made);
        }

        // Seven for each time that it faded: within 10, 20, 40 and then 60 s, over five minutes.
        Assert.InRange(worst, 7, 7 * 6);
    }

    private void Follow(int wanted, bool isPressing, double at) => _target.Follow(wanted, isPressing, TimeSpan.FromSeconds(at));
}
