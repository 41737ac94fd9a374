using System.Diagnostics;
using System.Globalization;
using System.Net;
using KvOrleans.Client;
using KvOrleans.Client.Matching;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Errors;
using KvOrleans.LoadGenerator.Contenders;
using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.MatchReads;

/// <summary>Reads one match from three silos, at once and streamed, and lets iperf3 move bytes over as many connections, in turn.</summary>
internal sealed class MatchReadRun(MatchReadPlan plan, Action<string> progress)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly PayloadPool _payloads = new(plan.Size, plan.Blocks);
    private readonly Memory<byte>[] _destinations =
        [.. Enumerable.Range(0, plan.Blocks).Select(_ => GC.AllocateUninitializedArray<byte>(plan.Size, pinned: true).AsMemory())];

    public async Task<IReadOnlyList<MatchReadSeries>> RunAsync(CancellationToken cancellation)
    {
        progress("start three silos");
        // A block that is used again would get copies, while others are measured.
        await using var cluster = await SiloCluster.StartAsync(
            MatchReadPlan.Silos,
            ServerNeeds.ToHold(plan.Bytes),
            ["--KvOrleans:Copies:AfterReuse", "1", "--KvOrleans:Copies:Maximum", "1", "--KvOrleans:Leases:MaxDuration", Lease.ToString("c", CultureInfo.InvariantCulture)],
            cancellation);
        await using var client = await ConnectAsync(cluster, cancellation);
        await using var match = await PrepareAsync(client, cancellation);
        await using var iperf3 = new Iperf3Session(plan.Connections * MatchReadPlan.Silos);
        (MatchReadSeries Series, Func<MatchReadSeries, Task> RunAsync)[] ways =
        [
            (new("ReadAsync"), series => SliceAsync(series, () => ReadAsync(client, match, cancellation))),
            (new("ReadEachAsync"), series => SliceAsync(series, () => ReadEachAsync(client, match, series, cancellation))),
            (new("iperf3"), async series => series.BytesPerSecond.Add((await iperf3.RunAsync(plan.Slice, cancellation)).BytesPerSecond)),
        ];
        for (var round = 0; round <= plan.Rounds; round++)
        {
            progress(round == 0 ? "warm up" : string.Create(CultureInfo.InvariantCulture, $"round {round} of {plan.Rounds}"));
            for (var i = 0; i < ways.Length; i++)
            {
                var (series, run) = ways[(round + i) % ways.Length];
                var before = CpuTimes.Now();
                await run(round == 0 ? new("warm up") : series);
                series.Steal = Math.Max(series.Steal, round == 0 ? 0 : CpuTimes.Now().StealSince(before));
            }
        }

        return [.. ways.Select(static way => way.Series)];
    }

    private async Task SliceAsync(MatchReadSeries series, Func<Task> read)
    {
        var reads = 0;
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < plan.Slice)
        {
            var readBegan = Stopwatch.GetTimestamp();
            await read();
            series.Reads.Add(Stopwatch.GetElapsedTime(readBegan).TotalMilliseconds);
            reads++;
        }

        series.BytesPerSecond.Add(plan.Bytes * reads / Stopwatch.GetElapsedTime(began).TotalSeconds);
        Check();
    }

    private async Task ReadAsync(PrefixCacheClient client, PrefixMatch match, CancellationToken cancellation)
    {
        if (await client.ReadAsync(match, _destinations, Deadline, cancellation) is var read && read != plan.Blocks)
            throw new ServerException($"{read} blocks of {plan.Blocks} were read.");
    }

    private async Task ReadEachAsync(PrefixCacheClient client, PrefixMatch match, MatchReadSeries series, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var read = 0;
        await foreach (var _ in client.ReadEachAsync(match, _destinations, Deadline, cancellation))
        {
            if (read++ == 0)
                series.Firsts.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        if (read != plan.Blocks)
            throw new ServerException($"{read} blocks of {plan.Blocks} were read.");
    }

    private void Check()
    {
        for (var i = 0; i < plan.Blocks; i++)
        {
            if (!_payloads.LooksLike(i, _destinations[i].Span))
                throw new ServerException("A block came back with wrong bytes.");
        }
    }

    private async Task<PrefixMatch> PrepareAsync(PrefixCacheClient client, CancellationToken cancellation)
    {
        BlockKey[] chain = [.. Enumerable.Range(0, plan.Blocks).Select(static i => BlockKey.From(string.Create(CultureInfo.InvariantCulture, $"kv:match-read/{i:x4}")))];
        var writes = await client.WriteAsync(chain, Enumerable.Range(0, plan.Blocks).Select(i => _payloads.Of(i)).ToArray(), deadline: Deadline, cancellationToken: cancellation);
        if (writes.FirstOrDefault(static write => !write.IsStored) is var failed && writes.Any(static write => !write.IsStored))
            throw new ServerException($"A write ended as {failed.Outcome}.");
        var match = await client.MatchAsync(chain, Lease, Deadline, cancellation);
        return match.Blocks.Count == plan.Blocks ? match : throw new ServerException($"{match.Blocks.Count} blocks of {plan.Blocks} were matched.");
    }

    private async Task<PrefixCacheClient> ConnectAsync(SiloCluster cluster, CancellationToken cancellation)
    {
        var options = new PrefixCacheClientOptions { ConnectionsPerSilo = plan.Connections };
        foreach (var silo in cluster.Silos)
            options.Gateways.Add(new(IPAddress.Loopback, silo.GatewayPort ?? throw new InvalidOperationException("The server is not a silo.")));
        var client = PrefixCacheClient.Connect(options);
        await client.WaitUntilReadyAsync(Deadline, cancellation);
        for (var started = Stopwatch.GetTimestamp(); !await KnowsAllAsync(client, cancellation);)
        {
            if (Stopwatch.GetElapsedTime(started) > Deadline)
                throw new ServerException($"The client does not know all silos after {Deadline.TotalSeconds} s.");
            await Task.Delay(Pause, cancellation);
        }

        return client;
    }

    private static async Task<bool> KnowsAllAsync(PrefixCacheClient client, CancellationToken cancellation)
    {
        try
        {
            return (await client.GetMapAsync(Deadline, cancellation)).Silos.Length == MatchReadPlan.Silos;
        }
        catch (CacheException)
        {
            // A gateway may be busy with its start.
            return false;
        }
    }
}
