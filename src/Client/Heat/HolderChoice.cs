using KvOrleans.Client.Connections;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Heat;

/// <summary>Says which silo to ask for a block: its owner, or of a hot one any of its holders. Thread-safe when its random numbers are.</summary>
/// <remarks>
/// Of two holders that are drawn at random the one with less to do is taken: with two choices the most loaded is close to the mean, and no herd follows the one that was the best a moment ago (Mitzenmacher,
/// "The power of two choices in randomized load balancing", 2001). While nothing is hot it costs a look at one field.
/// </remarks>
internal sealed class HolderChoice(string zone, Heating heating, PrefixCacheClientMetrics metrics, Random random)
{
    /// <summary>A list is followed for so long after it was asked for.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    // So much slower than the others is slow; what is quicker than this is not, for silence is measured in whole ticks of a coarse clock.
    private const double SlowTimes = 2;
    private const double SlowFromMilliseconds = 5;

    // A slow silo's load counts so many times, and loads that differ by no more than this share are alike.
    private const double SlowCounts = 2;
    private const double Alike = 0.1;

    private readonly long _freshness = (long)(Freshness.TotalSeconds * heating.Clock.TimestampFrequency);

    /// <summary>Whom to ask for <paramref name="key"/>. What is asked of a hot block's holder is counted as its load at once.</summary>
    /// <param name="view">The map.</param>
    /// <param name="owner">The key's owner in it.</param>
    /// <param name="key">The block.</param>
    /// <param name="call">What for, as the metrics name it.</param>
    public SiloLink Choose(ClusterView view, SiloLink owner, BlockKey key, string call)
    {
        var entry = owner.Heat.Current is { } hot && heating.Clock.GetTimestamp() - hot.AskedAt < _freshness ? hot.Find(key) : null;
        entry ??= heating.Former.Find(key);
        if (entry is null || !view.HasOtherHolders(key))
            return owner;
        if (Choose(entry.LinksIn(view)) is not { } chosen)
            return owner;
        chosen.Heat.Asked(entry.Length);
        if (chosen != owner)
            metrics.AskedCopy(call);
        return chosen;
    }

    /// <summary>Whom to ask for <paramref name="key"/> instead of its owner; null for nobody else. Hashes the key only when something is hot.</summary>
    public SiloLink? Choose(ClusterView view, BlockKey key, string call)
    {
        if (view.Links.Length < 2 || !IsAnyHot(view))
            return null;
        var owner = view.OwnerOf(key)!;
        return Choose(view, owner, key, call) is var chosen && chosen != owner ? chosen : null;
    }

    private bool IsAnyHot(ClusterView view)
    {
        foreach (var link in view.Links)
        {
            if (link.Heat.Current is not null)
                return true;
        }

        return heating.Former.IsAnyKnown;
    }

    private SiloLink? Choose(SiloLink[] holders)
    {
        Span<int> healthy = stackalloc int[HotEntry.MostHolders];
        var count = 0;
        for (var i = 0; i < holders.Length; i++)
        {
            if (holders[i].Backoff.IsHealthy)
                healthy[count++] = i;
            else
                holders[i].Pool.Probe();
        }

        if (count < 2)
            return count == 0 ? null : holders[healthy[0]];
        var one = random.Next(count);
        var other = random.Next(count - 1);
        other += other >= one ? 1 : 0;
        var (first, second) = (holders[healthy[one]], holders[healthy[other]]);
        var (firstLoad, secondLoad) = (LoadOf(first, holders, healthy[..count]), LoadOf(second, holders, healthy[..count]));
        if (zone.Length > 0 && Math.Abs(firstLoad - secondLoad) <= Alike * Math.Max(firstLoad, secondLoad) && IsNear(first) != IsNear(second))
            return IsNear(first) ? first : second;
        return secondLoad < firstLoad ? second : first;
    }

    private bool IsNear(SiloLink link) => link.Silo.Zone == zone;

    /// <summary>What a silo has to do, for what it is made for.</summary>
    private static double LoadOf(SiloLink link, SiloLink[] holders, ReadOnlySpan<int> healthy)
    {
        var load = (double)link.Heat.Load / Math.Max(1, link.Silo.Weight);
        return IsSlow(link, holders, healthy) ? SlowCounts * load : load;
    }

    /// <summary>Whether its replies take much longer to begin than those of the others, by the median.</summary>
    private static bool IsSlow(SiloLink link, SiloLink[] holders, ReadOnlySpan<int> healthy)
    {
        var average = link.Reads.AverageMilliseconds;
        if (average <= SlowFromMilliseconds)
            return false;
        Span<double> others = stackalloc double[HotEntry.MostHolders];
        var count = 0;
        foreach (var i in healthy)
        {
            if (holders[i] != link)
                others[count++] = holders[i].Reads.AverageMilliseconds;
        }

        others = others[..count];
        others.Sort();
        var median = (others[(count - 1) / 2] + others[count / 2]) / 2;
        return average > SlowTimes * median;
    }
}
