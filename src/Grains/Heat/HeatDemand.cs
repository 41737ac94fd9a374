namespace KvOrleans.Grains.Heat;

/// <summary>What the reports about one block say together.</summary>
/// <param name="Fast">How many silos' work the block is, by the faster sums.</param>
/// <param name="Slow">The same by the slower sums.</param>
/// <param name="Reads">How many reads of the whole block that is, as evidence.</param>
/// <param name="BytesPerSecond">What is read of it.</param>
internal readonly record struct HeatDemand(double Fast, double Slow, double Reads, double BytesPerSecond)
{
    /// <summary>How many copies are wanted, from 1 to <paramref name="most"/>.</summary>
    public int Wanted(int most)
    {
        var wanted = Math.Ceiling(Math.Max(Fast, Slow) / HeatRules.WantedShare);
        var bought = Math.Floor(1 + (Reads / HeatRules.ReadsPerCopy));
        return (int)Math.Clamp(Math.Min(wanted, bought), 1, Math.Max(1, most));
    }

    /// <summary>Whether the block takes so much of each of its <paramref name="copies"/> silos that there should be more.</summary>
    public bool IsPressing(int copies)
    {
        var (fast, slow) = (Fast / copies, Slow / copies);
        return Math.Min(fast, slow) > HeatRules.RaisedShare || Math.Max(fast, slow) > HeatRules.RaisedAtOnceShare;
    }

    /// <summary>Puts reports about a block of <paramref name="length"/> bytes together.</summary>
    public static HeatDemand Of(IReadOnlyCollection<HeatSample> samples, int length)
    {
        var reads = length == 0 ? 0 : samples.Sum(sample => Math.Min(sample.Reading.Reads, sample.Reading.SlowBytes / length));
        var fast = samples.Sum(static sample => sample.Reading.FastBytes);
        return new(
            Taken(fast, samples.Select(static sample => sample.FastBytes)),
            Taken(samples.Sum(static sample => sample.Reading.SlowBytes), samples.Select(static sample => sample.SlowBytes)),
            reads,
            fast / Storage.Heat.HeatMeter.Fast.TotalSeconds);
    }

    private static double Taken(double bytes, IEnumerable<double> works)
    {
        var busiest = works.DefaultIfEmpty().Max();
        return busiest <= 0 ? 0 : bytes / works.Where(work => work >= busiest * HeatRules.LeastWork).Average();
    }
}
