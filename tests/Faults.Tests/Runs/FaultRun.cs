using System.Diagnostics;
using System.Globalization;
using KvOrleans.Faults.Tests.Nodes;
using KvOrleans.Faults.Tests.Plans;
using KvOrleans.Faults.Tests.Workloads;
using KvOrleans.Histories;
using KvOrleans.Histories.Checking;
using KvOrleans.Probes;

namespace KvOrleans.Faults.Tests.Runs;

/// <summary>A cluster's life: it starts, is used, suffers, recovers and is judged.</summary>
internal static class FaultRun
{
    private const int Clients = 16;

    public static async Task<RunReport> RunAsync(int seed, FaultSettings settings)
    {
        var began = Stopwatch.GetTimestamp();
        var network = ClusterRuns.Network();
        await using var cluster = await FaultCluster.StartAsync(network, settings.Silos);
        var plan = FaultPlan.Create(seed, settings, network.CanCut);
        var started = Stopwatch.GetTimestamp();
        await using var workload = new CacheWorkload(cluster, seed, Clients);
        var faulty = new FaultInjector(cluster).RunAsync(plan);
        await Passing.OfAsync(settings.Begin, default);
        var faults = await faulty;
        var healed = Stopwatch.GetTimestamp();
        var recovered = await RecoversAsync(cluster, workload, healed);
        await workload.StopAsync();
        var stopped = Stopwatch.GetTimestamp();

        Operation[] history = [.. workload.History];
        var wrong = FindWrong(workload.Attempts, faults);
        var line = Line(seed, settings.Silos, history, faults, workload.Attempts, recovered, cluster, wrong);
        var took = $"start {Seconds(began, started)}, faults {Seconds(started, healed)}, recovery {Seconds(healed, stopped)}, check {Seconds(stopped, Stopwatch.GetTimestamp())}";
        var isRight = wrong.Count == 0 && recovered is not null;
        return new($"{line} ({took})", isRight, wrong, isRight ? "" : Trouble(seed, line, history, cluster));
    }

    private static string Seconds(long from, long to) => string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(from, to).TotalSeconds:0.0} s");

    /// <returns>How long it took until all was well; null when that did not come in time.</returns>
    private static async Task<TimeSpan?> RecoversAsync(FaultCluster cluster, CacheWorkload workload, long healed)
    {
        try
        {
            // A process that starts on a busy machine takes its time.
            await cluster.BecomesReadyAsync();
            var ready = Stopwatch.GetTimestamp();
            await Eventually.HoldsAsync(() => workload.AllAnswerAsync(cluster.Silos), "every register answers by every silo");
            return Stopwatch.GetElapsedTime(ready) <= ClusterRuns.LongestRecovery ? Stopwatch.GetElapsedTime(healed) : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>What a silo says to its own clients while it is cut off from the membership table is not held against it: it may have missed deletes.</summary>
    private static Dictionary<string, Verdict> FindWrong(IReadOnlyList<Attempt> attempts, IReadOnlyList<InjectedFault> faults)
    {
        var registers = attempts.Select(attempt => attempt.Operation).Where(operation => WorkloadKeys.IsRegister(operation.Key));
        var blocks = from attempt in attempts
                     let operation = attempt.Operation
                     where !WorkloadKeys.IsRegister(operation.Key)
                     where operation.Kind != OperationKind.Get || !faults.Any(fault => fault.CutsOff(attempt.Silo, operation.Invoked, operation.Returned))
                     select operation;
        return LinearizabilityChecker.FindWrong(registers).Concat(DeletedContents.FindWrong(blocks)).ToDictionary();
    }

    private static string Line(
        int seed, int silos, Operation[] history, IReadOnlyList<InjectedFault> faults, IReadOnlyList<Attempt> attempts, TimeSpan? recovery,
        FaultCluster cluster, IReadOnlyDictionary<string, Verdict> wrong)
    {
        int Count(params OutcomeKind[] kinds) => history.Count(operation => kinds.Contains(operation.Outcome.Kind));
        var (unknown, none) = (Count(OutcomeKind.Unknown), Count(OutcomeKind.NoEffect));
        var verdict = wrong.Count == 0 ? "holds"
            : string.Join(", ", wrong.OrderBy(register => register.Key, StringComparer.Ordinal).Select(register => $"{register.Key} {register.Value.Kind}"));
        var told = string.Join("; ", faults.Select(fault =>
            $"{fault.Fault}, out {(Availability.OutageOf(fault, faults, attempts) is { } outage ? $"{outage.TotalSeconds:0.0} s" : "past the next")}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}: {silos} silos on {cluster.Network.Description}, {history.Length} ops ({history.Length - unknown - none} ok, {unknown} unknown, {none} no effect), ")
            + $"faults [{told}], own ends {cluster.OwnEnds}, {(recovery is { } took ? $"all well after {took.TotalSeconds:0.0} s" : "NOT WELL AGAIN")}: {verdict}";
    }

    private static string Trouble(int seed, string line, Operation[] history, FaultCluster cluster)
    {
        var file = Path.Combine(Path.GetTempPath(), $"kvorleans-faults-{seed}-{Environment.ProcessId}.txt");
        File.WriteAllLines(
            file,
            [
                line,
                .. history.OrderBy(operation => operation.Key, StringComparer.Ordinal).ThenBy(operation => operation.Invoked).Select(operation => operation.ToString()),
                .. cluster.Silos.Select(silo => $"== {silo.Place.Name}\n{silo.LastLines}"),
            ]);
        return $"The whole history and the silos' last lines are in {file}.";
    }
}
