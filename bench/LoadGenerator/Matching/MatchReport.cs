using System.Globalization;
using System.Text;
using KvOrleans.LoadGenerator.Measuring;

namespace KvOrleans.LoadGenerator.Matching;

/// <summary>What <see cref="MatchRun"/> measured, as tables and for machines.</summary>
internal static class MatchReport
{
    public static string Text(MatchResult result)
    {
        var text = new StringBuilder()
            .AppendLine("Matches of chains that are all there, by the client library over three silos, each with its release: microseconds.")
            .AppendLine()
            .AppendLine("| blocks | matches | p50 | p99 | most | steal | idle |")
            .AppendLine("|---|---|---|---|---|---|---|");
        foreach (var chain in result.Chains)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {chain.Blocks} | {chain.Times.Length} | {Microseconds(chain, 0.5):F0} | {Microseconds(chain, 0.99):F0} | {Microseconds(chain, 1):F0} | {chain.Steal:P0} | {chain.Idle:P0} |");

        var (silo, redis) = (RatesOf(result.Silo), RatesOf(result.Redis));
        return text
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"{result.Keys} keys that are all there, asked of one silo (leased and released) and of Redis over one connection each: million keys per second, median of {silo.Count} slices (least to best).")
            .AppendLine()
            .AppendLine("| KV.MATCH and KV.RELEASE | redis EXISTS | ratio of medians | ratios of pairs | steal |")
            .AppendLine("|---|---|---|---|---|")
            .AppendLine(CultureInfo.InvariantCulture, $"| {Show(silo, 1e6)} | {Show(redis, 1e6)} | {silo.Median / redis.Median:F2} | {Show(Ratios(result), 1)} | {result.Silo.Concat(result.Redis).Max(static one => one.Steal):P0} |")
            .ToString();
    }

    public static object Json(MatchResult result) => new
    {
        at = DateTimeOffset.UtcNow,
        processors = Environment.ProcessorCount,
        chains = result.Chains.Select(static one => new
        {
            one.Blocks,
            p50Microseconds = Microseconds(one, 0.5),
            p99Microseconds = Microseconds(one, 0.99),
            one.Steal,
            one.Idle,
            microseconds = one.Times.Select(static time => time.TotalMicroseconds),
        }),
        result.Keys,
        ratio = RatesOf(result.Silo).Median / RatesOf(result.Redis).Median,
        result.Silo,
        result.Redis,
    };

    private static double Microseconds(ChainTimes chain, double share) => chain.At(share).TotalMicroseconds;

    private static Spread RatesOf(IEnumerable<KeySlice> slices) => Spread.Of(slices.Select(static one => one.KeysPerSecond));

    private static Spread Ratios(MatchResult result) =>
        Spread.Of(result.Silo.Zip(result.Redis, static (silo, redis) => silo.KeysPerSecond / redis.KeysPerSecond));

    private static string Show(Spread spread, double unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{spread.Median / unit:F2} ({spread.Least / unit:F2} to {spread.Most / unit:F2})");
}
