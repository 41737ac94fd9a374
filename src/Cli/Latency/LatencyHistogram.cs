using System.Numerics;

namespace KvOrleans.Cli.Latency;

/// <summary>
/// Counts of durations in log-linear buckets: 64 to each power of two, so that a percentile is at most 1.6 % off. 18 KiB whatever is
/// recorded. Thread-safe; a percentile taken while others record is of some moment in between.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 6;
    private const int SubBuckets = 1 << SubBucketBits;
    private const int LargestBits = 42;
    private const long LargestNanoseconds = (1L << LargestBits) - 1;

    private readonly long[] _counts = new long[(LargestBits - SubBucketBits + 1) * SubBuckets];

    private long _count;

    private long _largest;

    /// <summary>How many durations were recorded.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Counts <paramref name="duration"/>; more than 73 minutes count as that.</summary>
    public void Record(TimeSpan duration)
    {
        var nanoseconds = Math.Clamp(duration.Ticks, 0, LargestNanoseconds / TimeSpan.NanosecondsPerTick) * TimeSpan.NanosecondsPerTick;
        Interlocked.Increment(ref _counts[BucketOf(nanoseconds)]);
        Interlocked.Increment(ref _count);

        var largest = Interlocked.Read(ref _largest);
        while (nanoseconds > largest)
        {
            var before = Interlocked.CompareExchange(ref _largest, nanoseconds, largest);
            if (before == largest)
                break;
            largest = before;
        }
    }

    /// <summary>The duration that <paramref name="quantile"/> (0 to 1) of the recorded ones do not exceed; null when there are none.</summary>
    public TimeSpan? Percentile(double quantile)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quantile);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantile, 1);

        var count = Count;
        if (count == 0)
            return null;

        var rank = Math.Max(1, (long)Math.Ceiling(quantile * count));
        var largest = Interlocked.Read(ref _largest);
        if (rank == count)
            return FromNanoseconds(largest);

        var seen = 0L;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += Interlocked.Read(ref _counts[bucket]);
            if (seen >= rank)
                return FromNanoseconds(Math.Min(MiddleOf(bucket), largest));
        }

        return FromNanoseconds(largest);
    }

    private static TimeSpan FromNanoseconds(long nanoseconds) => new(nanoseconds / TimeSpan.NanosecondsPerTick);

    private static int BucketOf(long value)
    {
        if (value < SubBuckets)
            return (int)value;
        var shift = BitOperations.Log2((ulong)value) - SubBucketBits;
        return shift * SubBuckets + (int)(value >> shift);
    }

    private static long MiddleOf(int bucket)
    {
        if (bucket < SubBuckets)
            return bucket;
        var shift = bucket / SubBuckets - 1;
        var lowest = (long)(bucket - shift * SubBuckets) << shift;
        return lowest + (1L << shift) / 2;
    }
}
