using System.Diagnostics;
using System.Net;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.LoadGenerator.Protocols;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Servers;

/// <summary>Silos of one cluster on loopback, each a process of its own. They are ended together.</summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    private const int LongestInfo = 64 << 10;
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly List<RunningServer> _silos = [];
    private readonly List<RespConnection> _connections = [];
    private ClusterMap _map = new(0, []);

    private SiloCluster()
    {
    }

    public IReadOnlyList<RunningServer> Silos => _silos;

    /// <summary>Starts silos of the same size and waits until each has all in its map and serves overwritable keys.</summary>
    /// <param name="count">How many.</param>
    /// <param name="each">What each is given.</param>
    /// <param name="options">More options, as on their command lines.</param>
    /// <param name="cancellation">Ends the start, and what was started.</param>
    public static async Task<SiloCluster> StartAsync(int count, ServerNeeds each, IReadOnlyList<string> options, CancellationToken cancellation)
    {
        var cluster = new SiloCluster();
        try
        {
            for (var index = 0; index < count; index++)
                await cluster.AddAsync(each, options, cancellation);
            await cluster.WaitUntilJoinedAsync(cancellation);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The silo that owns <paramref name="key"/>, as its index.</summary>
    public int OwnerOf(ReadOnlySpan<byte> key) => Rendezvous.OwnerOf(KeyId.Of(key), _map);

    /// <summary>What each silo's <c>INFO</c> says. Not for several callers at once.</summary>
    public async Task<InfoText[]> InfoAsync()
    {
        var texts = new InfoText[_connections.Count];
        for (var index = 0; index < texts.Length; index++)
            texts[index] = await _connections[index].InfoAsync();
        return texts;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        foreach (var silo in Enumerable.Reverse(_silos))
            await silo.DisposeAsync();
    }

    private async Task AddAsync(ServerNeeds needs, IReadOnlyList<string> options, CancellationToken cancellation)
    {
        // Names sort as they are numbered, so an index in the map is an index here.
        var name = $"silo-{_silos.Count:d3}";
        List<string> all = ["--KvOrleans:SiloName", name, .. options];
        if (_silos.Count > 0)
            all.AddRange(["--KvOrleans:PrimarySilo", $"127.0.0.1:{_silos[0].SiloPort}"]);
        var silo = await SiloServer.StartAsync(needs, all, cancellation);
        _silos.Add(silo);
        _connections.Add(new(await Transports.ConnectAsync(TransportKind.Async, silo.Port, cancellation), LongestInfo));
        _map = _map with { Silos = [.. _map.Silos, new(name, "", 1, new(IPAddress.Loopback, silo.Port), default)] };
    }

    private async Task WaitUntilJoinedAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while ((await InfoAsync()).Any(info => info["silos"] != _silos.Count || info["serves_registers"] != 1))
        {
            if (Stopwatch.GetElapsedTime(started) > JoinTimeout)
                throw new ServerException($"{_silos.Count} silos did not become one cluster within {JoinTimeout.TotalSeconds} s.");
            await Task.Delay(Pause, cancellation);
        }
    }
}
