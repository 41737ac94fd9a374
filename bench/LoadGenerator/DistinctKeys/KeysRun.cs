using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.DistinctKeys;

/// <summary>Writes distinct keys to Redis and to silos: a slice to each in turn, who begins rotates.</summary>
internal sealed class KeysRun(KeysLoad load, IReadOnlyList<int> silos, bool withDirect, Action<string> progress)
{
    private const int Parts = 4;
    private const int DistinctPayloads = 1024;
    private const long Slack = 256L << 20;

    /// <summary>The keys' own index entries, or what Redis takes beside and around a value.</summary>
    private const int BesideKey = 512;

    private readonly PayloadPool _payloads = new(load.PayloadBytes, DistinctPayloads);

    /// <summary>What all servers take together at the end.</summary>
    public long NeededBytes =>
        (1 + (silos.Count * 1L) + (withDirect ? silos.Count(static count => count > 1) : 0)) * (load.Bytes + ((long)load.Count * BesideKey) + Slack);

    public async Task<KeysResult> RunAsync(CancellationToken cancellation)
    {
        List<KeysContender> contenders = [];
        List<KeysSample> samples = [];
        Dictionary<(string, int), KeysMemory> memory = [];
        try
        {
            await StartAsync(contenders, cancellation);
            for (var slice = 0; slice < load.Slices; slice++)
            {
                for (var turn = 0; turn < contenders.Count; turn++)
                    samples.Add(await contenders[(slice + turn) % contenders.Count].WriteAsync(slice, cancellation));
                progress($"{load.WrittenAfter(slice + 1)} keys: " + string.Join(", ", samples.TakeLast(contenders.Count).Select(Summary)));
                for (var part = 1; part <= Parts; part++)
                {
                    if (load.Slices * part / Parts == slice + 1)
                        await MeasureAsync(contenders, slice + 1, memory);
                }
            }

            Dictionary<string, double> forwarded = [];
            foreach (var contender in contenders)
                forwarded[contender.Name] = await contender.VerifyAsync();
            return new(load, samples, memory, contenders.ToDictionary(static one => one.Name, static one => one.Most), forwarded);
        }
        finally
        {
            foreach (var contender in contenders)
                await contender.DisposeAsync();
        }
    }

    private async Task StartAsync(List<KeysContender> contenders, CancellationToken cancellation)
    {
        progress("start redis");
        contenders.Add(new("redis", [await new RedisServer().StartAsync(new(load.Bytes), cancellation)], null, false, load));
        foreach (var count in silos)
        {
            var name = count == 1 ? "1 silo" : $"{count} silos";
            contenders.Add(await StartAsync(name, count, isDirect: false, cancellation));
            if (count > 1 && withDirect)
                contenders.Add(await StartAsync($"{name}, direct", count, isDirect: true, cancellation));
        }

        foreach (var contender in contenders)
            await contender.ConnectAsync(_payloads, cancellation);
    }

    private async Task<KeysContender> StartAsync(string name, int count, bool isDirect, CancellationToken cancellation)
    {
        progress($"start {name}");

        // Half as much again as it gets: what is on its way in needs room too, and nothing is to be evicted.
        var pages = Math.Max(4096, load.PayloadBytes + 4095) / 4096 * 4096L;
        var cluster = await SiloCluster.StartAsync(count, new((load.Count * pages * 3 / 2 / count) + Slack), [], cancellation);
        return new(name, cluster.Silos, cluster, isDirect, load);
    }

    private async Task MeasureAsync(IEnumerable<KeysContender> contenders, int slices, Dictionary<(string, int), KeysMemory> memory)
    {
        foreach (var contender in contenders)
            memory[(contender.Name, load.WrittenAfter(slices))] = await contender.MeasureAsync();
    }

    private static string Summary(KeysSample sample) => FormattableString.Invariant($"{sample.Contender} {sample.WritesPerSecond:F0}/s");
}
