using System.Diagnostics;
using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Protocols;
using KvOrleans.LoadGenerator.Servers;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Watching;

/// <summary>Processor time of silos under a small steady load, with the console open and without, in turn.</summary>
/// <remarks>The load is far below what a silo can do: at full speed the noise of the machine is larger than what is looked for, and the console's work does not depend on it.</remarks>
internal sealed class WatchRun(WatchPlan plan, Action<string> progress)
{
    private const int BlockBytes = 64 << 10;
    private const int Blocks = 256;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);

    private readonly PayloadPool _payloads = new(BlockBytes, Blocks);
    private readonly BlockNames _names = new(BlockBytes);

    public async Task<(IReadOnlyList<WatchSlice> Slices, int PageBytes)> RunAsync(CancellationToken cancellation)
    {
        await using var cluster = await SiloCluster.StartAsync(plan.Silos, ServerNeeds.ToHold((long)BlockBytes * Blocks), [], cancellation);
        var watched = cluster.Silos[0];
        await using var connection = new RespConnection(await Transports.ConnectAsync(TransportKind.Async, watched.Port, cancellation), BlockBytes);
        for (var number = 0; number < Blocks; number++)
            await connection.SetAsync(_names.Of(number), _payloads.Of(number));

        List<WatchSlice> slices = [];
        progress("warm up");
        await SliceAsync(cluster, connection, isWatched: true, cancellation);
        for (var round = 0; round < 2 * plan.Rounds; round++)
        {
            slices.Add(await SliceAsync(cluster, connection, isWatched: round % 2 == 1, cancellation));
            progress($"slice {round + 1} of {2 * plan.Rounds}");
        }

        return (slices, await Watcher.PageBytesAsync(watched.HttpPort!.Value, cancellation));
    }

    private async Task<WatchSlice> SliceAsync(SiloCluster cluster, RespConnection connection, bool isWatched, CancellationToken cancellation)
    {
        List<Watcher> watchers = [];
        try
        {
            for (var i = 0; isWatched && i < plan.Watchers; i++)
                watchers.Add(await Watcher.OpenAsync(cluster.Silos[0].HttpPort!.Value, cancellation));
            var before = cluster.Silos.Select(static silo => silo.ProcessorTime()).ToArray();
            var began = Stopwatch.GetTimestamp();
            var reads = await ReadAsync(connection, began, cancellation);
            var elapsed = Stopwatch.GetElapsedTime(began);
            double[] shares = [.. cluster.Silos.Select((silo, i) => (silo.ProcessorTime() - before[i]) / elapsed)];
            var frames = watchers.Count == 0 ? 0 : watchers.Min(static watcher => watcher.Frames);
            if (isWatched && frames < plan.Slice.TotalSeconds / 2)
                throw new ServerException($"The console showed {frames} pictures in {plan.Slice.TotalSeconds} s.");
            return new(isWatched, shares, reads, frames);
        }
        finally
        {
            foreach (var watcher in watchers)
                await watcher.DisposeAsync();
        }
    }

    private async Task<int> ReadAsync(RespConnection connection, long began, CancellationToken cancellation)
    {
        var reads = 0;
        using var timer = new PeriodicTimer(Beat);
        while (Stopwatch.GetElapsedTime(began) < plan.Slice)
        {
            await timer.WaitForNextTickAsync(cancellation);
            // What a late beat has left behind is made up for: every slice has the same reads.
            for (var due = plan.ReadsPerSecond * Stopwatch.GetElapsedTime(began).TotalSeconds; reads < due; reads++)
            {
                var block = reads % Blocks;
                var payload = await connection.GetAsync(_names.Of(block));
                if (!_payloads.Equals(block, payload.Span))
                    throw new ServerException("A block came back with wrong bytes.");
            }
        }

        return reads;
    }
}
