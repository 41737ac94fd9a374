using KvOrleans.Client.Metrics;

namespace KvOrleans.Client.Hedging;

/// <summary>What all of a client's hedges share.</summary>
internal sealed class Hedges(SilenceClock clock, PrefixCacheClientMetrics metrics)
{
    private long _usual;

    /// <summary>Looks for silence.</summary>
    public SilenceClock Clock => clock;

    /// <summary>What may be asked for twice.</summary>
    public HedgeBudget Budget { get; } = new();

    /// <summary>Blocks of so many bytes together were read, the last of them of <paramref name="length"/>.</summary>
    public void Read(long bytes, int length)
    {
        Budget.Earn(bytes);
        Volatile.Write(ref _usual, length);
    }

    /// <summary>How long a block is likely to be that is read into <paramref name="room"/> bytes: as the last one was.</summary>
    public long LikelyLength(int room) => Volatile.Read(ref _usual) is var usual and > 0 ? Math.Min(usual, room) : room;

    /// <summary>Whether <paramref name="bytes"/> may be asked for a second time. Nothing limits it for a silo that is thought not to answer at all.</summary>
    public bool TryBegin(long bytes, bool isSuspect)
    {
        if (!isSuspect && !Budget.TryTake(bytes))
            return false;
        metrics.HedgedBytes(bytes);
        return true;
    }

    /// <summary>A call waited too long for a silo.</summary>
    public void Ended(string call, string outcome) => metrics.Hedged(call, outcome);
}
