using KvOrleans.Client.Hedging;

namespace KvOrleans.Client.Tests.Hedging;

public sealed class HedgeBudgetTests
{
    [Fact]
    public void TryTake_MoreThanIsLeft_TakesNothing()
    {
        var budget = new HedgeBudget();

        Assert.True(budget.TryTake(HedgeBudget.Burst - 10));
        Assert.False(budget.TryTake(11));
        Assert.True(budget.TryTake(10));
        Assert.Equal(0, budget.Left);
    }

    [Fact]
    public void Earn_AfterTheBurst_GivesATwentieth()
    {
        var budget = new HedgeBudget();
        budget.TryTake(HedgeBudget.Burst);

        for (var i = 0; i < 10; i++)
            budget.Earn(2000);

        Assert.Equal(1000, budget.Left);
    }

    [Fact]
    public void Earn_Much_IsNoMoreThanTheBurst()
    {
        var budget = new HedgeBudget();
        budget.TryTake(1);

        budget.Earn(long.MaxValue);

        Assert.Equal(HedgeBudget.Burst, budget.Left);
    }
}
