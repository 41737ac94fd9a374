namespace KvOrleans.Cli.Balance;

/// <summary>What the silos served in one window. In camelCase a part of what <c>--json</c> prints: names stay.</summary>
/// <param name="EndsAtSeconds">When it was over, since the replay began.</param>
/// <param name="MaxToMean">The bytes of the silo that served most by the mean of all.</param>
/// <param name="Bytes">Payload bytes that each silo sent to readers, by its name.</param>
internal sealed record BalanceWindow(double EndsAtSeconds, double MaxToMean, IReadOnlyDictionary<string, long> Bytes)
{
    /// <summary>Puts a window together; null when nobody served anything, so that there is nothing to balance.</summary>
    public static BalanceWindow? Of(TimeSpan endsAt, IReadOnlyDictionary<string, long> bytes)
    {
        var sum = bytes.Values.Sum();
        return sum == 0 ? null : new(endsAt.TotalSeconds, bytes.Values.Max() * (double)bytes.Count / sum, bytes);
    }
}
