namespace KvOrleans.Storage.Heat;

/// <summary>What was read lately, as sums that decay.</summary>
/// <param name="FastBytes">Bytes, decayed with <see cref="HeatMeter.Fast"/>.</param>
/// <param name="SlowBytes">Bytes, decayed with <see cref="HeatMeter.Slow"/>.</param>
/// <param name="Reads">How often, decayed with <see cref="HeatMeter.Slow"/>; up to <see cref="MostReads"/>, so that it is soon forgotten how many there were beyond it.</param>
public readonly record struct HeatSums(double FastBytes, double SlowBytes, double Reads)
{
    /// <summary>The most reads that are counted.</summary>
    public const double MostReads = 128;

    /// <summary>Bytes per second, as of the faster sum.</summary>
    public double BytesPerSecond => FastBytes / HeatMeter.Fast.TotalSeconds;

    /// <summary>The larger of the two parts that this is of <paramref name="all"/>, 0 to 1.</summary>
    public double ShareOf(in HeatSums all) => Math.Max(Part(FastBytes, all.FastBytes), Part(SlowBytes, all.SlowBytes));

    internal HeatSums Add(double bytes, double reads) => new(FastBytes + bytes, SlowBytes + bytes, Math.Min(MostReads, Reads + reads));

    internal HeatSums Decay(double fast, double slow) => new(FastBytes * fast, SlowBytes * slow, Reads * slow);

    private static double Part(double some, double all) => all > 0 ? Math.Min(1, some / all) : 0;
}
