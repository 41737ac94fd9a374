using System.Collections.Concurrent;
using KvOrleans.Faults.Tests.Nodes;
using KvOrleans.Histories;

namespace KvOrleans.Faults.Tests.Workloads;

/// <summary>Clients that use a few registers until they are told to stop, and everything that they saw.</summary>
internal sealed class RegisterWorkload : IAsyncDisposable
{
    private readonly ConcurrentQueue<Attempt> _attempts = new();
    private readonly FaultCluster _cluster;
    private readonly string[] _keys;
    private readonly RegisterClient[] _clients;
    private readonly RegisterClient _reader;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _running;

    public RegisterWorkload(FaultCluster cluster, int seed, int clients, int keys)
    {
        _cluster = cluster;
        _keys = [.. Enumerable.Range(0, keys).Select(number => $"reg:{number}")];
        _clients = [.. Enumerable.Range(0, clients).Select(number => new RegisterClient(number, seed, cluster, _keys, _attempts.Enqueue))];
        _reader = new(clients, seed, cluster, _keys, _attempts.Enqueue);
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

    /// <summary>Reads every register by every silo.</summary>
    /// <returns>True when all answered.</returns>
    public async Task<bool> AllAnswerAsync()
    {
        var all = true;
        foreach (var silo in _cluster.Silos)
        {
            foreach (var key in _keys)
                all &= await _reader.ReadAsync(key, silo);
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var client in _clients.Append(_reader))
            client.Dispose();
        _stop.Dispose();
    }
}
