namespace KvOrleans.LoadGenerator.Measuring;

/// <summary>What repeated measurements say together.</summary>
/// <param name="Median">The middle value, or the mean of the two middle ones.</param>
/// <param name="Least">The smallest.</param>
/// <param name="Most">The largest: the best, where more is better.</param>
/// <param name="Count">How many there were; with none, all is zero.</param>
internal readonly record struct Spread(double Median, double Least, double Most, int Count)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
            return default;
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new(median, sorted[0], sorted[^1], sorted.Length);
    }
}
