using System.Net.Sockets;
using KvOrleans.Kubernetes.Tests.Silos;
using KvOrleans.Probes;

namespace KvOrleans.Kubernetes.Tests.Rehearsal;

/// <summary>Plain Redis clients, each a new connection through the service that reads one block of a few.</summary>
internal sealed class PlainClients(ReadyPods service)
{
    private const int Blocks = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly List<string> _failures = [];

    /// <summary>How many were served.</summary>
    public int Served { get; private set; }

    /// <summary>How many of them read the block; the others were told that it is not there.</summary>
    public int Hits { get; private set; }

    /// <summary>How many were connected to a pod that was deleted before it answered, and had no answer: they come again, as Redis clients do.</summary>
    public int Overtaken { get; private set; }

    /// <summary>What those were answered that were not served, or that the service had nobody for them.</summary>
    public IReadOnlyList<string> Failures => _failures;

    public Task WriteAsync() => Task.Run(() =>
    {
        for (var i = 0; i < Blocks; i++)
            Assert.Equal("+OK\r\n", Ask("SET", KeyOf(i), ValueOf(i)));
    });

    public async Task RunAsync(CancellationToken until)
    {
        using var timer = new PeriodicTimer(Pause);
        for (var i = 0; !until.IsCancellationRequested; i++)
        {
            await Task.Run(() => ReadOne(i % Blocks), CancellationToken.None);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private void ReadOne(int i)
    {
        string? answer = null;
        while (answer is null)
            answer = Ask("GET", KeyOf(i));
        var value = ValueOf(i);
        if (answer == $"${value.Length}\r\n{value}\r\n")
            Hits++;
        else if (answer != "$-1\r\n")
            _failures.Add(answer);
        Served++;
    }

    /// <returns>Null when the pod was deleted before it answered.</returns>
    private string? Ask(params string[] command)
    {
        if (service.Choose() is not { } pod)
            return "nobody is behind the service";
        try
        {
            using var client = new RespProbe(pod);
            var welcome = client.Ask("AUTH", PodEnvironment.Secret);
            return welcome == "+OK\r\n" ? client.Ask(command) : $"AUTH: {welcome}";
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            if (service.Has(pod.Address))
                return $"a ready silo: {error.Message}";
            Overtaken++;
            return null;
        }
    }

    private static string KeyOf(int i) => $"kv:plain/{i:x4}";

    private static string ValueOf(int i) => string.Concat(Enumerable.Repeat($"{i:x4}", 256));
}
