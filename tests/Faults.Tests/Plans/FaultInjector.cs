using System.Diagnostics;
using KvOrleans.Faults.Tests.Networks;
using KvOrleans.Faults.Tests.Nodes;

namespace KvOrleans.Faults.Tests.Plans;

/// <summary>Does to a cluster what a plan says, and takes it back.</summary>
internal sealed class FaultInjector(FaultCluster cluster)
{
    private readonly SemaphoreSlim _redis = new(1);

    /// <summary>Runs the whole plan; when it returns all is healed and started again, though not yet ready.</summary>
    /// <returns>When each fault began and ended.</returns>
    public async Task<IReadOnlyList<InjectedFault>> RunAsync(FaultPlan plan) => await Task.WhenAll(plan.Faults.Select(RunAsync));

    private async Task<InjectedFault> RunAsync(Fault fault)
    {
        await Passing.OfAsync(fault.At, default);
        var began = Stopwatch.GetTimestamp();
        await InflictAsync(fault);
        return new(fault, began, Stopwatch.GetTimestamp());
    }

    private Task InflictAsync(Fault fault)
    {
        var silo = cluster.Silos[fault.Silo];
        Task Lasts() => Passing.OfAsync(fault.Lasts, default);
        return fault.Kind switch
        {
            FaultKind.Kill => silo.SufferAsync(async process =>
            {
                await SiloNode.KillAsync(process);
                await Lasts();
            }),
            FaultKind.Terminate => silo.SufferAsync(async process =>
            {
                await SiloNode.TerminateAsync(process);
                await Lasts();
            }),
            FaultKind.Pause => silo.SufferAsync(async process =>
            {
                process.Send(Signal.Stop);
                await Lasts();
                process.Send(Signal.Continue);
            }),
            FaultKind.Join => JoinAsync(),
            FaultKind.PauseRedis or FaultKind.KillRedis or FaultKind.LoseRedis => RedisAsync(fault, Lasts),
            _ => CutAsync(fault, silo.Place, Lasts),
        };
    }

    private Task JoinAsync()
    {
        cluster.Join();
        return Task.CompletedTask;
    }

    private async Task RedisAsync(Fault fault, Func<Task> lasts)
    {
        await _redis.WaitAsync();
        try
        {
            if (fault.Kind == FaultKind.PauseRedis)
            {
                cluster.Redis.Pause();
                await lasts();
                cluster.Redis.Continue();
                return;
            }

            await cluster.Redis.KillAsync(fault.Kind == FaultKind.LoseRedis);
            await lasts();
            await cluster.Redis.StartAsync();
        }
        finally
        {
            _redis.Release();
        }
    }

    private async Task CutAsync(Fault fault, Place silo, Func<Task> lasts)
    {
        (Place? From, Place? To)[] links = [.. Links(fault, silo)];
        foreach (var (from, to) in links)
            cluster.Network.Cut(from, to);
        await lasts();
        foreach (var (from, to) in links)
            cluster.Network.Heal(from, to);
    }

    private IEnumerable<(Place? From, Place? To)> Links(Fault fault, Place silo)
    {
        Place?[] others = fault.Kind switch
        {
            FaultKind.CutPair => [cluster.Silos[fault.Other].Place],
            FaultKind.CutFromRedis => [cluster.Redis.Place],
            FaultKind.CutFromClients => new Place?[1],
            FaultKind.CutFromSilos => [.. cluster.Silos.Select(other => other.Place).Where(other => other != silo)],
            _ => [.. cluster.Silos.Select(other => other.Place).Append(cluster.Redis.Place).Where(other => other != silo)],
        };
        return others.SelectMany(other => fault.OneWay ? [(silo, other)] : new (Place?, Place?)[] { (silo, other), (other, silo) });
    }
}
