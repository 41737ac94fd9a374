using System.Net;
using System.Net.Sockets;
using System.Reflection;
using KvOrleans.Faults.Tests.Networks;

namespace KvOrleans.Faults.Tests.Nodes;

/// <summary>A silo that comes back under its name after each of its ends, as an orchestrator would bring it back.</summary>
internal sealed class SiloNode : IAsyncDisposable
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ProbeDeadline = TimeSpan.FromSeconds(2);

    private readonly IPEndPoint _redis;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _one = new(1);
    private NodeProcess? _process;
    private Task _watch = Task.CompletedTask;

    public SiloNode(INodeNetwork network, Place place, IPEndPoint redis)
    {
        (Place, _redis) = (place, redis);
        _http = new(new SocketsHttpHandler { ConnectCallback = (_, cancellationToken) => ConnectAsync(network, cancellationToken) }) { Timeout = ProbeDeadline };
    }

    public Place Place { get; }

    public IPEndPoint DataPlane => new(Place.Address, Place.Ports[2]);

    /// <summary>How often its process ended without being asked to.</summary>
    public int OwnEnds { get; private set; }

    /// <summary>What it wrote last before it ended of itself, and what its process wrote last now.</summary>
    public string LastLines { get => $"{field}\n---\n{_process?.LastLines}"; private set; } = "";

    public void Start()
    {
        _process = StartProcess();
        _watch = WatchAsync();
    }

    /// <summary>Runs a fault alone: a silo has one at a time, and does not come back of itself in the meantime.</summary>
    public async Task SufferAsync(Func<NodeProcess, Task> fault)
    {
        await _one.WaitAsync(_closing.Token);
        try
        {
            await fault(_process!);
            if (_process!.HasExited)
                _process = StartProcess();
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Asks it to end and waits; after its grace it is killed.</summary>
    public static async Task TerminateAsync(NodeProcess process)
    {
        process.Send(Signal.Terminate);
        if (!await process.ExitsWithinAsync(StopGrace))
            await KillAsync(process);
    }

    public static async Task KillAsync(NodeProcess process)
    {
        process.Send(Signal.Kill);
        await process.ExitsWithinAsync(StopGrace);
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri($"http://{Place.Address}:{Place.Ports[3]}/readyz"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _watch;
        if (_process is not null)
            await _process.DisposeAsync();
        _http.Dispose();
    }

    private async Task WatchAsync()
    {
        while (await Passing.OfAsync(Look, _closing.Token))
        {
            if (!_process!.HasExited || !await _one.WaitAsync(0))
                continue;
            if (_process.HasExited)
            {
                OwnEnds++;
                LastLines = _process.LastLines;
                await _process.DisposeAsync();
                _process = StartProcess();
            }

            _one.Release();
        }
    }

    private async ValueTask<Stream> ConnectAsync(INodeNetwork network, CancellationToken cancellationToken)
    {
        var socket = network.ClientSocket();
        try
        {
            await socket.ConnectAsync(new IPEndPoint(Place.Address, Place.Ports[3]), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private NodeProcess StartProcess() => NodeProcess.Start(
        Place.Home,
        "dotnet",
        [
            typeof(SiloNode).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Silo").Value!,
            "--KvOrleans:SiloName", Place.Name, "--KvOrleans:AdvertisedAddress", $"{Place.Address}",
            "--KvOrleans:Clustering", "Redis", "--KvOrleans:Redis", $"{_redis},abortConnect=false",
            "--KvOrleans:SiloPort", $"{Place.Ports[0]}", "--KvOrleans:GatewayPort", $"{Place.Ports[1]}",
            "--KvOrleans:DataPlane:Port", $"{Place.Ports[2]}", "--KvOrleans:Http:Port", $"{Place.Ports[3]}",
            "--KvOrleans:Memory:Bytes", "64MiB", "--KvOrleans:DataPlane:MaxValueBytes", "1MiB", "--KvOrleans:StopWithInput", "true",
        ]);
}
