using System.Net;
using System.Net.Sockets;
using KvOrleans.Faults.Tests.Networks;
using KvOrleans.Probes;

namespace KvOrleans.Faults.Tests.Nodes;

/// <summary>The Redis that holds the membership.</summary>
internal sealed class RedisNode(INodeNetwork network) : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kvorleans-faults-redis-").FullName;
    private NodeProcess? _process;

    public Place Place { get; } = network.Add("redis");

    public IPEndPoint EndPoint => new(Place.Address, Place.Ports[0]);

    /// <summary>Starts it with what its folder has.</summary>
    public async Task StartAsync()
    {
        _process = NodeProcess.Start(
            Place.Home,
            "redis-server",
            [
                "--port", $"{EndPoint.Port}", "--bind", $"{EndPoint.Address}", "--protected-mode", "no", "--save", "", "--dir", _folder,
                "--appendonly", "yes", "--appendfsync", "always",
            ]);
        await Eventually.HoldsAsync(AnswersAsync, "Redis answers");
    }

    public void Pause() => _process?.Send(Signal.Stop);

    public void Continue() => _process?.Send(Signal.Continue);

    /// <summary>Kills it.</summary>
    /// <param name="losesData">True when it is to come back empty.</param>
    public async Task KillAsync(bool losesData)
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = null;
        if (!losesData)
            return;
        Directory.Delete(_folder, recursive: true);
        Directory.CreateDirectory(_folder);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync(losesData: true);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process!.HasExited)
            throw new InvalidOperationException($"redis-server ended:\n{_process.LastLines}");
        using var socket = network.ClientSocket();
        try
        {
            await socket.ConnectAsync(EndPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
