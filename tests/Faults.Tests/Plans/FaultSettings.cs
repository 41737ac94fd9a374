using System.Globalization;

namespace KvOrleans.Faults.Tests.Plans;

/// <summary>How much goes wrong and for how long; the environment says otherwise for long runs.</summary>
/// <param name="Runs">How many clusters live and suffer, one after the other. KVORLEANS_FAULT_RUNS.</param>
/// <param name="Seed">The first run's; each run adds one. KVORLEANS_FAULT_SEED.</param>
/// <param name="Silos">How many silos a cluster begins with. KVORLEANS_FAULT_SILOS.</param>
/// <param name="Faults">The most faults in a run. KVORLEANS_FAULT_COUNT.</param>
/// <param name="Begin">The time in which faults begin. KVORLEANS_FAULT_SECONDS.</param>
/// <param name="LongestPause">The longest that a process stands still or is away, or a cut lasts. KVORLEANS_FAULT_PAUSE, in seconds.</param>
/// <param name="Kinds">The faults to choose from; none: all that are possible. KVORLEANS_FAULT_KINDS, with commas between.</param>
/// <param name="Kills">How often one silo is killed to see how long registers do not answer. KVORLEANS_FAULT_KILLS.</param>
internal sealed record FaultSettings(int Runs, int Seed, int Silos, int Faults, TimeSpan Begin, TimeSpan LongestPause, IReadOnlyList<FaultKind> Kinds, int Kills = 1)
{
    public static FaultSettings FromEnvironment(int silos) => new(
        Number("RUNS", 2),
        Number("SEED", Random.Shared.Next(1_000_000)),
        Number("SILOS", silos),
        Number("COUNT", 4),
        TimeSpan.FromSeconds(Number("SECONDS", 4)),
        TimeSpan.FromSeconds(Number("PAUSE", 6)),
        [.. Text("KINDS").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => Enum.Parse<FaultKind>(name, ignoreCase: true))],
        Number("KILLS", 1));

    private static string Text(string name) => Environment.GetEnvironmentVariable($"KVORLEANS_FAULT_{name}") ?? "";

    private static int Number(string name, int otherwise) =>
        Text(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
