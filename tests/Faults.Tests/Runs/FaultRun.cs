using System.Diagnostics;
using System.Globalization;
using KvOrleans.Faults.Tests.Networks;
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
    private const int Keys = 12;

    public static async Task<RunReport> RunAsync(int seed, FaultSettings settings)
    {
        INodeNetwork network = NamespaceNetwork.TryCreate(out _) is { } cuttable ? cuttable : new LoopbackNetwork();
        await using var cluster = await FaultCluster.StartAsync(network, settings.Silos);
        var plan = FaultPlan.Create(seed, settings, network.CanCut);
        await using var workload = new RegisterWorkload(cluster, seed, Clients, Keys);
        var faulty = new FaultInjector(cluster).RunAsync(plan);
        await Passing.OfAsync(settings.Begin, default);
        var faults = await faulty;
        var healed = Stopwatch.GetTimestamp();
        var recovered = await RecoversAsync(cluster, workload);
        var recovery = Stopwatch.GetElapsedTime(healed);
        await workload.StopAsync();

        Operation[] history = [.. workload.History];
        var wrong = LinearizabilityChecker.FindWrong(history);
        var line = Line(seed, settings.Silos, history, faults, workload.Attempts, recovered ? $"{recovery.TotalSeconds:0.0} s" : "NOT", cluster, wrong);
        return new(line, wrong, wrong.Count == 0 ? "" : Trouble(seed, line, history, cluster));
    }

    private static async Task<bool> RecoversAsync(FaultCluster cluster, RegisterWorkload workload)
    {
        try
        {
            await cluster.BecomesReadyAsync();
            await Eventually.HoldsAsync(workload.AllAnswerAsync, "every register answers by every silo");
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static string Line(
        int seed, int silos, Operation[] history, IReadOnlyList<InjectedFault> faults, IReadOnlyList<Attempt> attempts, string recovery,
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
            + $"faults [{told}], own ends {cluster.OwnEnds}, all well after {recovery}: {verdict}";
    }

    private static string Trouble(int seed, string line, Operation[] history, FaultCluster cluster)
    {
        var file = Path.Combine(Path.GetTempPath(), $"kvorleans-faults-{seed}.txt");
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
