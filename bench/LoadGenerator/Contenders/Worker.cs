using System.Diagnostics;
using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Targets;

namespace KvOrleans.LoadGenerator.Contenders;

/// <summary>One connection and what drives it: one operation after the other, no allocation of its own.</summary>
internal sealed class Worker(IBenchConnection connection, Operation operation, BlockSet blocks, IBlockNumbers numbers) : IAsyncDisposable
{
    private readonly BlockNames _names = new(blocks.Size);

    /// <summary>Repeats the operation until <paramref name="length"/> is over; the last one is finished and counted.</summary>
    public async Task<SliceResult> RunAsync(TimeSpan length, CancellationToken cancellation)
    {
        var latencies = new LatencyHistogram();
        var started = Stopwatch.GetTimestamp();
        var end = started + (long)(length.TotalSeconds * Stopwatch.Frequency);
        var now = started;
        while (now < end)
        {
            cancellation.ThrowIfCancellationRequested();
            var number = numbers.Next();
            var key = _names.Of(number);
            if (operation == Operation.Get)
                Check(number, await connection.GetAsync(key));
            else
                await connection.SetAsync(key, blocks.Payloads.Of(number));
            var finished = Stopwatch.GetTimestamp();
            latencies.Add(Stopwatch.GetElapsedTime(now, finished));
            now = finished;
        }

        var elapsed = Stopwatch.GetElapsedTime(started, now);
        return new(latencies.Count * (double)blocks.Size / elapsed.TotalSeconds, latencies.Count, latencies);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private void Check(long number, ReadOnlyMemory<byte> payload)
    {
        if (!blocks.Payloads.LooksLike(number, payload.Span))
            throw new IOException($"Block {number} came back with wrong bytes.");
    }
}
