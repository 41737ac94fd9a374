using System.Diagnostics;

namespace KvOrleans.LoadGenerator.Commands;

/// <summary>Lines for who watches, on standard error: standard output is the report's.</summary>
internal static class Progress
{
    private static readonly Stopwatch SinceStart = Stopwatch.StartNew();

    public static void Write(string line) =>
        Console.Error.WriteLine(FormattableString.Invariant($"[{SinceStart.Elapsed.TotalSeconds,6:F1} s] {line}"));
}
