using System.Net.Sockets;
using KvOrleans.Probes;

namespace KvOrleans.Console.Tests.Browsing;

/// <summary>What a few inference nodes might do to silos: a block that all read, some that are read now and then, some that are not there, and writes. Until disposed.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private const int Blocks = 120;

    private static readonly string Payload = new('x', 32 << 10);

    private readonly CancellationTokenSource _end = new();
    private readonly Task _work;

    public Traffic(params int[] ports) => _work = Task.WhenAll(ports.Select((port, i) => OwnThread.RunAsync(() => Work(port, i))));

    /// <summary>The key that is read most.</summary>
    public static string HotKey => "kv:llama-3-70b/5f0c9b7e1d2a4c68-system-prompt";

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work.WaitAsync(Eventually.Deadline);
        _end.Dispose();
    }

    private void Work(int port, int seed)
    {
        try
        {
            using var probe = new RespProbe(port);
            var random = new Random(seed);
            probe.Ask("SET", HotKey, Payload);
            for (var turn = 0; !_end.IsCancellationRequested; turn++)
            {
                var key = $"kv:llama-3-70b/{random.Next(Blocks):x16}";
                if (turn % 5 == 0)
                    probe.Ask("SET", key, Payload);
                probe.Ask("GET", turn % 3 == 0 ? HotKey : key);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or EndOfStreamException)
        {
            // The silo was killed.
        }
    }
}
