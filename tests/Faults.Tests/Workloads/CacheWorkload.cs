using System.Collections.Concurrent;
using KvOrleans.Faults.Tests.Nodes;
using KvOrleans.Histories;

namespace KvOrleans.Faults.Tests.Workloads;

/// <summary>Clients that use a few registers and write-once blocks until they are told to stop, and everything that they saw.</summary>
internal sealed class CacheWorkload : IAsyncDisposable
{
    private readonly ConcurrentQueue<Attempt> _attempts = new();
    private readonly CacheClient[] _clients;
    private readonly CacheClient _asker;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _running;

    public CacheWorkload(FaultCluster cluster, int seed, int clients)
    {
        string[] keys = [.. WorkloadKeys.Registers, .. WorkloadKeys.Blocks];
        _clients = [.. Enumerable.Range(0, clients).Select(number => new CacheClient(number, seed, cluster, keys, _attempts.Enqueue))];
        _asker = new(clients, seed, cluster, keys, _attempts.Enqueue);
        _running = [.. _clients.Select(client => Task.Run(() => client.RunAsync(_stop.Token)))];
    }

    public IReadOnlyList<Attempt> Attempts => [.. _attempts];

    public IEnumerable<Operation> History => _attempts.Select(attempt => attempt.Operation);

    /// <summary>Stops; every operation has its outcome when it returns.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
    }

    /// <summary>Writes every register by one silo, and reads it by every one.</summary>
    /// <returns>True when all answered.</returns>
    public async Task<bool> AllAnswerAsync(IReadOnlyList<SiloNode> silos)
    {
        var all = true;
        for (var at = 0; at < WorkloadKeys.Registers.Length; at++)
        {
            var key = WorkloadKeys.Registers[at];
            all &= await _asker.AskAsync(key, silos[at % silos.Count], OperationKind.Set);
            foreach (var silo in silos)
                all &= await _asker.AskAsync(key, silo, OperationKind.Get);
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var client in _clients.Append(_asker))
            client.Dispose();
        _stop.Dispose();
    }
}
