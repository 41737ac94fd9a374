using KvOrleans.Client.Connections;
using KvOrleans.Client.Hedging;
using KvOrleans.Probes.Clocks;
using KvOrleans.Wire.Connections;

namespace KvOrleans.Client.Tests.Hedging;

public sealed class ResponsivenessTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ConnectionBackoff _backoff;
    private readonly Responsiveness _responsiveness;

    public ResponsivenessTests()
    {
        _backoff = new(_time);
        _responsiveness = new(_backoff, _time);
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(1, 20)]
    [InlineData(10, 40)]
    [InlineData(1000, 250)]
    public void Delay_AfterManyReplies_IsFourTimesTheUsualWithinItsBounds(int usual, int expected)
    {
        for (var i = 0; i < 200; i++)
            _responsiveness.Heard(TimeSpan.FromMilliseconds(usual));

        Assert.Equal(expected, _responsiveness.Delay.TotalMilliseconds, 1.0);
    }

    [Fact]
    public void Late_ThreeInARowOverSomeTime_MakesTheSiloSuspectUntilItIsHeard()
    {
        _responsiveness.Late();
        _responsiveness.Late();
        _time.Advance(Responsiveness.SuspectSpan);
        Assert.True(_backoff.IsHealthy);

        _responsiveness.Late();
        Assert.False(_backoff.IsHealthy);

        _responsiveness.Heard(TimeSpan.Zero);
        Assert.True(_backoff.IsHealthy);
    }

    [Fact]
    public void Late_ManyAtOnce_AreOnePause()
    {
        for (var i = 0; i < 100; i++)
            _responsiveness.Late();

        Assert.True(_backoff.IsHealthy);
    }

    [Fact]
    public void Late_SomethingIsHeardBetween_IsNotInARow()
    {
        _responsiveness.Late();
        _responsiveness.Late();
        _responsiveness.Heard(TimeSpan.Zero);
        _time.Advance(Responsiveness.SuspectSpan);
        _responsiveness.Late();
        _responsiveness.Late();

        Assert.True(_backoff.IsHealthy);
    }
}
