using KvOrleans.Grains.Replication;
using KvOrleans.Probes.Clocks;

namespace KvOrleans.Grains.Tests.Replication;

/// <summary>The limit on repair's bytes per second.</summary>
public sealed class ByteBudgetTests
{
    [Fact]
    public void Take_BeyondTheBalance_MakesTheNextWaitUntilItIsPaid()
    {
        var time = new ManualTimeProvider();
        var budget = new ByteBudget(1000, time);
        Assert.Equal(TimeSpan.Zero, budget.Wait);

        budget.Take(500);

        Assert.Equal(TimeSpan.FromSeconds(0.5), budget.Wait);
        time.Advance(TimeSpan.FromSeconds(0.4));
        Assert.InRange(budget.Wait, TimeSpan.FromSeconds(0.09), TimeSpan.FromSeconds(0.11));
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(TimeSpan.Zero, budget.Wait);
    }

    [Fact]
    public void Take_AfterALongRest_HasNotSavedUp()
    {
        var time = new ManualTimeProvider();
        var budget = new ByteBudget(1000, time);
        time.Advance(TimeSpan.FromHours(1));

        budget.Take(1100);

        Assert.InRange(budget.Wait, TimeSpan.FromSeconds(0.99), TimeSpan.FromSeconds(1.01));
    }
}
