using KvOrleans.Histories.Checking;

namespace KvOrleans.Faults.Tests.Runs;

/// <summary>What came of a run.</summary>
/// <param name="Line">All in one line.</param>
/// <param name="IsRight">Whether nothing is wrong, and every key answered again.</param>
/// <param name="Wrong">The keys that are not known to be right.</param>
/// <param name="Trouble">What the silos wrote, and the history's file, when something is wrong.</param>
internal sealed record RunReport(string Line, bool IsRight, IReadOnlyDictionary<string, Verdict> Wrong, string Trouble)
{
    private const int MostExplained = 3;

    public string Explanation => string.Join('\n', Wrong.Take(MostExplained).Select(key => key.Value.Explanation).Append(Trouble));
}
