using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Heat;

/// <summary>Plain clients, one for each of some silos, that read one block again and again until told to stop. A silo that goes ends its reader.</summary>
internal sealed class HotReaders : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _readers;
    private long _reads;
    private long _misses;
    private string? _wrong;

    private HotReaders(IEnumerable<SiloProcess> silos, string key, string content) =>
        _readers = [.. silos.Select(silo => OwnThread.RunAsync(() => Read(silo.Port, key, $"${content.Length}\r\n{content}\r\n")))];

    /// <summary>Whole blocks that came.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>Times that a silo said not to have it.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>Another answer, if there was one.</summary>
    public string? Wrong => Volatile.Read(ref _wrong);

    public static HotReaders Start(IEnumerable<SiloProcess> silos, string key, string content) => new(silos, key, content);

    /// <summary>Stops all; what was under way has ended.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_readers);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private void Read(int port, string key, string expected)
    {
        try
        {
            using var probe = new RespProbe(port, buffer: 1 << 20);
            while (!_stop.IsCancellationRequested)
            {
                var reply = probe.Ask("GET", key);
                if (reply == expected)
                    Interlocked.Increment(ref _reads);
                else if (reply == "$-1\r\n")
                    Interlocked.Increment(ref _misses);
                else
                    Volatile.Write(ref _wrong, reply[..Math.Min(reply.Length, 100)]);
            }
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException or EndOfStreamException)
        {
            // Its silo is gone.
        }
    }
}
