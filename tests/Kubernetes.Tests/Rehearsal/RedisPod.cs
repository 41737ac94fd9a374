using System.Net.Sockets;
using k8s.Models;
using KvOrleans.Kubernetes.Tests.Overlays;
using KvOrleans.Probes;

namespace KvOrleans.Kubernetes.Tests.Rehearsal;

/// <summary>The Redis of the overlay, with its data in a folder that goes with it.</summary>
internal sealed class RedisPod : IAsyncDisposable
{
    private readonly DirectoryInfo _data;
    private readonly PodProcess _process;

    private RedisPod(DirectoryInfo data, PodProcess process) => (_data, _process) = (data, process);

    /// <summary>Starts it and waits until its port is open, which is its readiness.</summary>
    public static async Task<RedisPod> StartAsync(Overlay overlay, OneMachine machine)
    {
        var data = Directory.CreateTempSubdirectory("kvorleans-redis-");
        var pod = new RedisPod(data, PodProcess.Start("redis-server", machine.RedisCommand(data.FullName), new Dictionary<string, string>(), data.FullName));
        var port = Assert.Single(overlay.Named<V1Service>("kvorleans-redis").Spec.Ports).Port;
        await Eventually.HoldsAsync(
            async () =>
            {
                Assert.False(pod._process.HasEnded, $"Redis ended:\n{pod._process.Written}");
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(machine.RedisAddress, port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            "Redis is ready");
        return pod;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
