using System.Globalization;
using System.Text;
using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Protocols;
using KvOrleans.LoadGenerator.Servers;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.MemoryUse;

/// <summary>Fills a silo three ways and asks each time what it holds and what that takes.</summary>
internal sealed class MemoryRun(RunningServer server, long arena, int times, Action<string> progress)
{
    private const int Seed = 4711;
    private const int UniformSize = 1 << 20;
    private const int LeastMixedSize = 64 << 10;
    private const int MostMixedSize = 8 << 20;

    /// <summary>More than the arena, so that it is full although the last of what it held before must leave first.</summary>
    private const double Overfill = 1.25;

    private readonly PayloadPool _payloads = new(MostMixedSize, 1024);
    private readonly Random _random = new(Seed);
    private long _lastNumber;

    public async Task<IReadOnlyList<MemorySample>> RunAsync(CancellationToken cancellation)
    {
        await using var connection = new RespConnection(
            await Transports.ConnectAsync(TransportKind.Blocking, server.Port, cancellation), MostMixedSize);
        List<MemorySample> samples = [await SampleAsync(connection, "empty")];

        await FillAsync(connection, (long)(arena * Overfill), static () => UniformSize, cancellation);
        samples.Add(await SampleAsync(connection, "full of 1 MiB blocks"));

        // Sampled along the way: where the last eviction left off is chance.
        for (var pass = 1; pass <= times; pass++)
        {
            await FillAsync(connection, arena, () => _random.Next(LeastMixedSize, MostMixedSize + 1), cancellation);
            samples.Add(await SampleAsync(connection, string.Create(CultureInfo.InvariantCulture, $"{pass} × the arena in 64 KiB to 8 MiB")));
        }

        await FillAsync(connection, (long)(arena * Overfill), static () => UniformSize, cancellation);
        samples.Add(await SampleAsync(connection, "full of 1 MiB blocks again"));
        return samples;
    }

    private async Task FillAsync(RespConnection connection, long bytes, Func<int> nextSize, CancellationToken cancellation)
    {
        for (long written = 0; written < bytes;)
        {
            cancellation.ThrowIfCancellationRequested();
            var number = ++_lastNumber;
            var size = nextSize();
            await connection.SetAsync(Encoding.ASCII.GetBytes($"memory:{number}"), _payloads.Of(number)[..size]);
            written += size;
        }
    }

    private async Task<MemorySample> SampleAsync(RespConnection connection, string when)
    {
        var sample = new MemorySample(when, (await connection.InfoAsync())["payload_bytes"], server.ResidentBytes(), arena);
        progress(FormattableString.Invariant($"{when}: payload {sample.PayloadBytes >> 20} MiB, resident {sample.ResidentBytes >> 20} MiB"));
        return sample;
    }
}
