using KvOrleans.Faults.Tests.Networks;
using KvOrleans.Faults.Tests.Plans;

namespace KvOrleans.Faults.Tests.Runs;

/// <summary>
/// Silos as real processes, with a real Redis, under kills, stops, pauses, joins, a membership table that is away or lost, and cuts. Whatever happens, each register is
/// one that may be lost and that never returns to anything older, nobody is given a write-once content that was deleted, and when it is over every key answers again.
/// </summary>
/// <remarks>
/// A run is repeated by its seed: <c>KVORLEANS_FAULT_SEED=7 dotnet run -c Release --project tests/Faults.Tests</c> does the same to the cluster at the same times; what meets what is up to the machine.
/// More of it: <c>KVORLEANS_FAULT_RUNS=200 KVORLEANS_FAULT_PAUSE=60</c>. <see cref="FaultSettings"/> has all of them.
/// </remarks>
[Collection(ClusterRuns.Name)]
public class RegistersUnderFaultsTests(ITestOutputHelper output)
{
    /// <summary>How many silos a cluster begins with, when the environment does not say.</summary>
    private const int Silos = 3;

    [Fact]
    public async Task Registers_UnderFaults_AreLinearizableUntilLost()
    {
        var settings = FaultSettings.FromEnvironment(Silos);
        Say(CutsLine());
        for (var run = 0; run < settings.Runs; run++)
        {
            var seed = settings.Seed + run;
            Say($"run {run + 1} of {settings.Runs}, seed {seed}");
            var report = await FaultRun.RunAsync(seed, settings);
            Say(report.Line);
            Assert.True(report.IsRight, $"{report.Line}\n{report.Explanation}");
        }
    }

    private static string CutsLine()
    {
        using var network = NamespaceNetwork.TryCreate(out var whyNot);
        return network is null ? $"Network cuts are not among the faults: {whyNot}." : "Network cuts are among the faults.";
    }

    private void Say(string line)
    {
        output.WriteLine(line);
        Console.WriteLine(line);
    }
}
