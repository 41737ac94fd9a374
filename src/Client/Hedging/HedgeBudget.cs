namespace KvOrleans.Client.Hedging;

/// <summary>Bounds what is asked for twice to a share of what is read: a slow cluster must not get twice the work. Thread-safe.</summary>
internal sealed class HedgeBudget
{
    /// <summary>One byte in so many may be asked for twice.</summary>
    public const int OneIn = 20;

    /// <summary>What may be asked for twice at first, and at once, in bytes.</summary>
    public const long Burst = 16 << 20;

    private long _left = Burst;

    /// <summary>The bytes that may be asked for twice now.</summary>
    public long Left => Volatile.Read(ref _left);

    /// <summary>So much was read.</summary>
    public void Earn(long bytes)
    {
        var left = Left;
        var earned = bytes / OneIn;
        while (left < Burst && earned > 0)
        {
            var seen = Interlocked.CompareExchange(ref _left, Math.Min(Burst, left + earned), left);
            if (seen == left)
                return;
            left = seen;
        }
    }

    /// <summary>Takes <paramref name="bytes"/> when they are there.</summary>
    public bool TryTake(long bytes)
    {
        var left = Left;
        while (left >= bytes)
        {
            var seen = Interlocked.CompareExchange(ref _left, left - bytes, left);
            if (seen == left)
                return true;
            left = seen;
        }

        return false;
    }
}
