namespace KvOrleans.Contracts.Tests.Placement;

/// <summary>Exact bounds of a binomial count.</summary>
internal static class Binomial
{
    /// <summary>The smallest interval outside of which each tail has at most <paramref name="tail"/>.</summary>
    public static (int Low, int High) Interval(int trials, double probability, double tail)
    {
        var mass = new double[trials + 1];
        var logOdds = Math.Log(probability) - Math.Log(1 - probability);
        var log = trials * Math.Log(1 - probability);
        for (var k = 0; k <= trials; k++)
        {
            mass[k] = Math.Exp(log);
            log += Math.Log(trials - k) - Math.Log(k + 1) + logOdds;
        }

        var low = 0;
        for (var below = mass[0]; below <= tail; below += mass[low])
            low++;
        var high = trials;
        for (var above = mass[trials]; above <= tail; above += mass[high])
            high--;
        return (low, high);
    }
}
