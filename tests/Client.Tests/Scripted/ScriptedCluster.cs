using System.Net;
using System.Net.Sockets;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Tests.Scripted;

/// <summary>Scripted silos named a, b, c … under one map, and a client that has reached them all.</summary>
internal sealed class ScriptedCluster : IAsyncDisposable
{
    private readonly ScriptedSilo[] _silos;

    private ScriptedCluster(ScriptedSilo[] silos, ScriptedControlPlane control, PrefixCacheClient client)
    {
        _silos = silos;
        Control = control;
        Client = client;
    }

    public ScriptedControlPlane Control { get; }

    public PrefixCacheClient Client { get; }

    public IReadOnlyList<ScriptedSilo> Silos => _silos;

    public ClusterMap Map => Control.Map!;

    public static async Task<ScriptedCluster> StartAsync(
        int count, Action<PrefixCacheClientOptions>? configure = null, ILoggerFactory? logging = null, TimeProvider? clock = null)
    {
        var silos = Enumerable.Range(0, count).Select(i => new ScriptedSilo(((char)('a' + i)).ToString())).ToArray();
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, [.. silos.Select(silo => silo.Descriptor)]) };
        var client = TestClient.Of(control, configure, logging, clock);
        await client.WaitUntilReadyAsync(TestClient.Long);
        foreach (var silo in silos)
            await silo.WaitForConnectionsAsync(TestClient.ConnectionsAtFirst);
        return new(silos, control, client);
    }

    /// <summary>Another node's client; the caller's to dispose of.</summary>
    public async Task<PrefixCacheClient> ConnectAsync()
    {
        var client = TestClient.Of(Control);
        await client.WaitUntilReadyAsync(TestClient.Long);
        return client;
    }

    /// <summary>A silo's place where nobody listens.</summary>
    public static SiloDescriptor Refusing(string name)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new(name, "", 1, (IPEndPoint)listener.LocalEndpoint, new((ulong)Random.Shared.NextInt64(1, long.MaxValue)));
    }

    /// <summary>The silos in a key's holder order.</summary>
    public ScriptedSilo[] HoldersOf(BlockKey key) => [.. OrderOf(key, Map).Select(index => _silos[index])];

    /// <summary>The silos' names in a key's holder order, in one text.</summary>
    public static string NamesOf(BlockKey key, ClusterMap map) => string.Concat(OrderOf(key, map).Select(index => map.Silos[index].Name));

    /// <summary>Keys whose holder order begins with <paramref name="order"/>, as <c>ba</c> for b, then a.</summary>
    public static BlockKey[] KeysOf(ClusterMap map, string order, int count, string prefix = "kv:m/") =>
        [.. Enumerable.Range(0, 100_000).Select(i => BlockKey.From($"{prefix}{i:x5}"))
            .Where(key => NamesOf(key, map).StartsWith(order, StringComparison.Ordinal)).Take(count)];

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        foreach (var silo in _silos)
            silo.Dispose();
    }

    public ScriptedSilo this[string name] => Array.Find(_silos, silo => silo.Descriptor.Name == name)!;

    private static int[] OrderOf(BlockKey key, ClusterMap map)
    {
        var order = new int[map.Silos.Length];
        Rendezvous.HolderOrder(KeyId.Of(key.Span), map, order);
        return order;
    }
}
