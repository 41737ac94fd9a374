using System.Diagnostics;

namespace KvOrleans.Histories.Checking;

/// <summary>Makes a history that cannot be ordered smaller, so that a person sees why it cannot.</summary>
/// <remarks>
/// Only what makes a history easier to order is taken away from it: reads and refused writes, and of writes that were done the certainty that they were. So what is left cannot
/// be ordered for a reason that the whole has too.
/// </remarks>
internal static class Reduction
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>Operations that cannot be ordered, few of them certain; the others of their order are unknown writes.</summary>
    public static IReadOnlyList<Operation> Reduce(IReadOnlyList<Operation> operations, CheckBounds bounds)
    {
        var started = Stopwatch.GetTimestamp();
        var kept = operations.Where(operation => operation.Outcome.Kind != OutcomeKind.NoEffect).ToArray();
        for (var part = Math.Max(1, kept.Length / 2); ; part = Math.Max(1, part / 2))
        {
            var before = kept;
            for (var from = 0; from < kept.Length && Stopwatch.GetElapsedTime(started) < Longest; from += part)
            {
                Operation[] weaker = [.. kept.Take(from), .. kept.Skip(from).Take(part).Select(Weaken), .. kept.Skip(from + part)];
                if (!weaker.SequenceEqual(kept) && new Search(LossyRegister.Of(weaker).Steps, bounds).Run() == VerdictKind.Violated)
                    kept = weaker;
            }

            if (part == 1 && kept == before)
                return Tell(kept, operations);
        }
    }

    private static Operation Weaken(Operation operation) => operation with { Outcome = Outcome.Unknown with { Version = operation.IsWrite && operation.Outcome.Kind == OutcomeKind.Done ? operation.Outcome.Version : null } };

    /// <summary>What was needed, as it really was; unknown writes only where something that is needed saw their value.</summary>
    private static IReadOnlyList<Operation> Tell(Operation[] kept, IReadOnlyList<Operation> all)
    {
        var certain = kept.Where(operation => operation.Outcome.Kind != OutcomeKind.Unknown).ToHashSet();
        var values = certain.Select(operation => operation.Outcome.Value ?? operation.Argument).OfType<string>().ToHashSet();
        var versions = certain.SelectMany(operation => new[] { operation.Expected, operation.Outcome.Version }).OfType<string>().ToHashSet();
        return
        [
            .. all.Where(operation => certain.Contains(operation)
                || (operation.Argument is { } value && (values.Contains(value) || (operation.Outcome.Version is { } version && versions.Contains(version)))))
                .OrderBy(operation => operation.Invoked),
        ];
    }
}
