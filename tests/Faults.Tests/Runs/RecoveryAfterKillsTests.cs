using System.Diagnostics;
using KvOrleans.Faults.Tests.Nodes;
using KvOrleans.Faults.Tests.Plans;
using KvOrleans.Faults.Tests.Workloads;
using KvOrleans.Probes;

namespace KvOrleans.Faults.Tests.Runs;

/// <summary>One of three silos is killed and stays away: how long until the two that are left answer for every register again.</summary>
[Collection(ClusterRuns.Name)]
public class RecoveryAfterKillsTests(ITestOutputHelper output)
{
    private const int Silos = 3;
    private const int Clients = 8;

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Registers_AfterAKill_AnswerAgain()
    {
        var settings = FaultSettings.FromEnvironment(Silos);
        await using var cluster = await FaultCluster.StartAsync(ClusterRuns.Network(), Silos);
        var outages = new List<double>();
        for (var kill = 0; kill < settings.Kills; kill++)
        {
            await using var workload = new CacheWorkload(cluster, settings.Seed + kill, Clients);
            await cluster.BecomesReadyAsync();
            await Eventually.HoldsAsync(() => workload.AllAnswerAsync(cluster.Silos), "every register answers by every silo");
            await Passing.OfAsync(Before, default);
            var outage = await KillAsync(cluster, workload, (settings.Seed + kill) % Silos);
            Say($"kill {kill + 1} of {settings.Kills}: every register answers again after {outage.TotalSeconds:0.0} s");
            Assert.True(outage <= ClusterRuns.LongestRecovery, $"Registers did not answer for {outage}.");
            outages.Add(outage.TotalSeconds);
        }

        outages.Sort();
        Say($"{outages.Count} kills: median {outages[outages.Count / 2]:0.0} s, worst {outages[^1]:0.0} s");
    }

    /// <returns>How long some register did not answer to clients of the others.</returns>
    private static async Task<TimeSpan> KillAsync(FaultCluster cluster, CacheWorkload workload, int number)
    {
        var killed = cluster.Silos[number];
        SiloNode[] left = [.. cluster.Silos.Where(silo => silo != killed)];
        InjectedFault? fault = null;
        await killed.SufferAsync(async process =>
        {
            var began = Stopwatch.GetTimestamp();
            await SiloNode.KillAsync(process);
            await Eventually.HoldsAsync(() => workload.AllAnswerAsync(left), "every register answers by those that are left");
            fault = new(new(FaultKind.Kill, default, default, number, number, OneWay: false), began, Stopwatch.GetTimestamp());
            await workload.StopAsync();
            // So that whatever failed until now was followed by an answer: how late it came is the measure.
            await Eventually.HoldsAsync(() => workload.AllAnswerAsync(left), "every register answers when nobody else asks");
        });
        return Availability.OutageOf(fault!, [fault!], workload.Attempts) ?? throw new InvalidOperationException("A register's last answer is none.");
    }

    private void Say(string line)
    {
        output.WriteLine(line);
        Console.WriteLine(line);
    }
}
