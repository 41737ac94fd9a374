namespace KvOrleans.Storage.Heat;

/// <summary>What was read lately, as sums that decay with two time constants.</summary>
/// <param name="FastBytes">Bytes, decayed with <see cref="HeatMeter.Fast"/>.</param>
/// <param name="SlowBytes">Bytes, decayed with <see cref="HeatMeter.Slow"/>.</param>
/// <param name="FastReads">Reads, decayed with <see cref="HeatMeter.Fast"/>.</param>
/// <param name="SlowReads">Reads, decayed with <see cref="HeatMeter.Slow"/>.</param>
public readonly record struct HeatSums(double FastBytes, double SlowBytes, double FastReads, double SlowReads)
{
    /// <summary>Bytes per second, as of the faster sum.</summary>
    public double BytesPerSecond => FastBytes / HeatMeter.Fast.TotalSeconds;

    /// <summary>The larger of the two parts that this is of <paramref name="all"/>, 0 to 1.</summary>
    public double ShareOf(in HeatSums all) => Math.Max(Part(FastBytes, all.FastBytes), Part(SlowBytes, all.SlowBytes));

    internal HeatSums Add(double bytes, double reads) => new(FastBytes + bytes, SlowBytes + bytes, FastReads + reads, SlowReads + reads);

    internal HeatSums Decay(double fast, double slow) => new(FastBytes * fast, SlowBytes * slow, FastReads * fast, SlowReads * slow);

    private static double Part(double some, double all) => all > 0 ? Math.Min(1, some / all) : 0;
}
