using System.Net;
using KvOrleans.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvOrleans.Processes.Tests.Running;

/// <summary>Many inference nodes of one cluster: a client each, with connections of its own and the cluster's map as it was.</summary>
internal sealed class NodeFleet : IAsyncDisposable
{
    private static readonly TimeSpan Ready = TimeSpan.FromSeconds(30);

    private readonly PrefixCacheClient[] _nodes;

    private NodeFleet(int count) => _nodes = new PrefixCacheClient[count];

    public IReadOnlyList<PrefixCacheClient> Nodes => _nodes;

    public static async Task<NodeFleet> StartAsync(SiloTrio trio, int count)
    {
        await using var client = await trio.ConnectAsync();
        var map = await client.GetMapAsync(Ready);
        Assert.Equal(3, map.Silos.Length);
        var fleet = new NodeFleet(count);
        try
        {
            for (var i = 0; i < count; i++)
                fleet._nodes[i] = new(new() { DefaultDeadline = Ready, ConnectionsPerSilo = 1 }, new FixedControlPlane(map), NullLoggerFactory.Instance, TimeProvider.System);
            foreach (var node in fleet._nodes)
                await node.WaitUntilReadyAsync(Ready);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await (node?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
