using System.Diagnostics;
using System.Globalization;
using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Hotspots;

/// <summary>
/// One block that everybody reads, from clusters of several sizes whose silos' links are the limit: how fast it is read once it has spread, how soon that is, and how soon the copies are gone again.
/// </summary>
internal sealed class HotspotRun(HotspotPlan plan, Action<string> progress)
{
    private static readonly TimeSpan SpreadPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FadePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FadePatience = TimeSpan.FromSeconds(90);

    public async Task<IReadOnlyList<HotspotResult>> RunAsync(CancellationToken cancellation)
    {
        var results = new List<HotspotResult>();
        foreach (var silos in plan.Silos)
            results.Add(await RunAsync(silos, cancellation));
        return results;
    }

    private async Task<HotspotResult> RunAsync(int silos, CancellationToken cancellation)
    {
        progress(string.Create(CultureInfo.InvariantCulture, $"{silos}: start silos"));
        await using var cluster = await HotspotCluster.StartAsync(silos, plan.LinkMegabits, plan.Options, cancellation);
        var readers = new List<ReaderProcess>();
        try
        {
            progress(string.Create(CultureInfo.InvariantCulture, $"{silos}: start readers, warm up"));
            var each = (int)Math.Ceiling((double)plan.InFlight * silos / plan.Readers);
            for (var i = 0; i < plan.Readers; i++)
                readers.Add(await ReaderProcess.StartAsync(cluster.Clients, new(cluster.Gateways, plan.Size, each, plan.Connections), cancellation));
            await readers[0].DoAsync("write", cancellation);
            await AllDoAsync(readers, "warm", cancellation);
            return await MeasureAsync(cluster, readers, silos, cancellation);
        }
        finally
        {
            foreach (var reader in readers)
                await reader.DisposeAsync();
        }
    }

    private async Task<HotspotResult> MeasureAsync(HotspotCluster cluster, IReadOnlyList<ReaderProcess> readers, int silos, CancellationToken cancellation)
    {
        var notes = new List<string>();
        await using var watch = new SpreadWatch(cluster.Owner(), silos);
        progress(string.Create(CultureInfo.InvariantCulture, $"{silos}: read"));
        if (silos > 1)
            watch.Start();
        await AllDoAsync(readers, "begin", cancellation);
        if (silos > 1 && !await watch.AllHoldAsync(SpreadPatience, cancellation))
            notes.Add(watch.WhyNot is { } why ? $"The spread cannot be told: {why}" : string.Create(CultureInfo.InvariantCulture, $"Not all silos had the block {SpreadPatience.TotalSeconds} s after the reading began."));
        await Task.Delay(Settling, cancellation);

        var rates = new List<double>();
        double steal = 0, idle = 1;
        var began = Stopwatch.GetTimestamp();
        var first = await CountAsync(readers, "count", cancellation);
        var last = first;
        for (var (round, from) = (0, began); round < plan.Rounds; round++)
        {
            var cpu = CpuTimes.Now();
            await Task.Delay(plan.Round, cancellation);
            var now = Stopwatch.GetTimestamp();
            var counts = await CountAsync(readers, "count", cancellation);
            rates.Add((counts.Bytes - last.Bytes) / Stopwatch.GetElapsedTime(from, now).TotalSeconds);
            steal = Math.Max(steal, CpuTimes.Now().StealSince(cpu));
            idle = Math.Min(idle, CpuTimes.Now().IdleSince(cpu));
            (last, from) = (counts, now);
            progress(string.Create(CultureInfo.InvariantCulture, $"{silos}: round {round + 1} of {plan.Rounds}, {rates[^1] / 1e6:F0} MB/s"));
        }

        var all = (last.Bytes - first.Bytes) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        var total = await CountAsync(readers, "stop", cancellation);
        if (total.Misses > 0)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{total.Misses} reads brought nothing, beside {total.Bytes / plan.Size} that did."));
        if (total.Wrong > 0)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{total.Wrong} reads brought WRONG bytes."));
        var gone = silos > 1 && plan.FollowFading ? await FadeAsync(cluster, silos, notes, cancellation) : null;
        return new(silos, rates, all, total, new SortedDictionary<int, double>(watch.Reached.ToDictionary()), gone, notes) { Steal = steal, Idle = idle };
    }

    private async Task<double?> FadeAsync(HotspotCluster cluster, int silos, List<string> notes, CancellationToken cancellation)
    {
        progress(string.Create(CultureInfo.InvariantCulture, $"{silos}: wait until extra copies are gone"));
        var stopped = Stopwatch.GetTimestamp();
        while (true)
        {
            var extra = await cluster.ExtraBlocksAsync(cancellation);
            var elapsed = Stopwatch.GetElapsedTime(stopped);
            if (extra == 0)
                return elapsed.TotalSeconds;
            if (extra is null || elapsed > FadePatience)
            {
                notes.Add(extra is null ? "When extra copies were gone cannot be told: INFO does not count them." : $"After {FadePatience.TotalSeconds} s there were {extra} extra copies still.");
                return null;
            }

            await Task.Delay(FadePause, cancellation);
        }
    }

    private static Task AllDoAsync(IEnumerable<ReaderProcess> readers, string word, CancellationToken cancellation) =>
        Task.WhenAll(readers.Select(reader => reader.DoAsync(word, cancellation)));

    private static async Task<HotspotCounts> CountAsync(IEnumerable<ReaderProcess> readers, string word, CancellationToken cancellation) =>
        (await Task.WhenAll(readers.Select(reader => reader.CountAsync(word, cancellation)))).Aggregate(static (one, other) => one + other);
}
