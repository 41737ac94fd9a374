using System.Diagnostics;
using KvOrleans.Faults.Tests.Plans;
using KvOrleans.Faults.Tests.Workloads;

namespace KvOrleans.Faults.Tests.Runs;

/// <summary>How long registers did not answer after a fault, to clients that ask a silo that no fault of the run befell; where there is none, to all.</summary>
internal static class Availability
{
    /// <summary>The time from the fault's begin until every register answered without failing again before the next fault; null when one did not.</summary>
    public static TimeSpan? OutageOf(InjectedFault fault, IReadOnlyList<InjectedFault> all, IReadOnlyList<Attempt> attempts)
    {
        var until = all.Where(other => other.Began > fault.Began).Select(other => other.Began).DefaultIfEmpty(long.MaxValue).Min();
        var spared = attempts.Select(attempt => attempt.Silo).Distinct().Where(silo => !all.Any(one => one.Befalls(silo))).ToHashSet();
        var outages = attempts.Where(attempt => WorkloadKeys.IsRegister(attempt.Operation.Key))
            .Where(attempt => attempt.Operation.Invoked >= fault.Began && attempt.Operation.Invoked < until && (spared.Count == 0 || spared.Contains(attempt.Silo)))
            .GroupBy(attempt => attempt.Operation.Key).Select(key => OutageOf(fault.Began, [.. key.OrderBy(attempt => attempt.Operation.Invoked)])).ToList();
        return outages.Contains(null) ? null : outages.Max() ?? TimeSpan.Zero;
    }

    private static TimeSpan? OutageOf(long began, List<Attempt> attempts)
    {
        var lastFailed = attempts.FindLastIndex(attempt => !attempt.IsAnswered);
        return lastFailed < 0 ? TimeSpan.Zero
            : lastFailed == attempts.Count - 1 ? null
            : Stopwatch.GetElapsedTime(began, attempts[lastFailed + 1].Operation.Returned);
    }
}
