using KvOrleans.Probes.Clocks;
using KvOrleans.Wire.Connections;

namespace KvOrleans.Client.Tests.Connections;

public sealed class ConnectionBackoffTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void TryBegin_Healthy_IsAlwaysTrue()
    {
        var backoff = new ConnectionBackoff(_time);

        Assert.True(backoff.IsHealthy);
        Assert.True(backoff.TryBegin());
        Assert.True(backoff.TryBegin());
    }

    [Fact]
    public void TryBegin_AfterFailures_IsTrueOnceADelayThatGrowsToItsBound()
    {
        var backoff = new ConnectionBackoff(_time);
        var delay = ConnectionBackoff.FirstDelay;
        for (var i = 0; i < 20; i++)
        {
            backoff.Failed();
            Assert.False(backoff.IsHealthy);
            _time.Advance(delay - TimeSpan.FromMilliseconds(1));
            Assert.False(backoff.TryBegin());
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(backoff.TryBegin());
            Assert.False(backoff.TryBegin());
            delay = delay * 2 < ConnectionBackoff.LongestDelay ? delay * 2 : ConnectionBackoff.LongestDelay;
        }

        backoff.Succeeded();
        Assert.True(backoff.IsHealthy);
        Assert.True(backoff.TryBegin());
    }
}
