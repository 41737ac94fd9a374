using System.Collections.Concurrent;
using KvOrleans.Faults.Tests.Networks;
using KvOrleans.Probes;

namespace KvOrleans.Faults.Tests.Nodes;

/// <summary>A real Redis and silos that find each other by it, each a process.</summary>
internal sealed class FaultCluster : IAsyncDisposable
{
    private readonly ConcurrentQueue<SiloNode> _silos = new();

    private FaultCluster(INodeNetwork network)
    {
        Network = network;
        Redis = new(network);
    }

    public INodeNetwork Network { get; }

    public RedisNode Redis { get; }

    public IReadOnlyList<SiloNode> Silos => [.. _silos];

    /// <summary>How often a silo ended without being asked to.</summary>
    public int OwnEnds => _silos.Sum(silo => silo.OwnEnds);

    /// <summary>Starts a cluster; all are ready when it returns.</summary>
    public static async Task<FaultCluster> StartAsync(INodeNetwork network, int silos)
    {
        var cluster = new FaultCluster(network);
        try
        {
            await cluster.Redis.StartAsync();
            for (var number = 0; number < silos; number++)
                cluster.Join();
            await cluster.BecomesReadyAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more silo.</summary>
    public SiloNode Join()
    {
        var silo = new SiloNode(Network, Network.Add($"silo-{_silos.Count}"), Redis.EndPoint);
        _silos.Enqueue(silo);
        silo.Start();
        return silo;
    }

    public async Task BecomesReadyAsync()
    {
        try
        {
            foreach (var silo in _silos)
                await Eventually.HoldsAsync(silo.IsReadyAsync, $"{silo.Place.Name} is ready");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{string.Join('\n', _silos.Select(silo => $"== {silo.Place.Name}\n{silo.LastLines}"))}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
            await silo.DisposeAsync();
        await Redis.DisposeAsync();
        Network.Dispose();
    }
}
