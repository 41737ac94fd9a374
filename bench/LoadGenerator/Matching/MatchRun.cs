using System.Diagnostics;
using System.Net;
using KvOrleans.Client;
using KvOrleans.Client.Hashing;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Errors;
using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Matching;

/// <summary>Matches chains of which all is present: through the client library over three silos, and bare on one of them beside a Redis.</summary>
internal sealed class MatchRun(MatchPlan plan, Action<string> progress)
{
    private const int Silos = 3;
    private const int PayloadBytes = 64;
    private const int BlockTokens = 16;
    private const int WritersAtOnce = 64;
    private const int WarmUpPasses = 2;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly PayloadPool _payloads = new(PayloadBytes, 1 << 16);

    public async Task<MatchResult> RunAsync(CancellationToken cancellation)
    {
        progress("start three silos and redis");
        await using var cluster = await SiloCluster.StartAsync(Silos, ServerNeeds.ToHold(0), [], cancellation);
        await using var redis = await new RedisServer().StartAsync(ServerNeeds.ToHold(0), cancellation);
        await using var client = await ConnectAsync(cluster, cancellation);

        var longest = Math.Max(plan.Chains.Max(), plan.Keys * Silos * 2);
        var chain = Chain(longest);
        await WriteAsync(client, chain, cancellation);
        await WaitUntilQuietAsync(cluster, cancellation);

        List<ChainTimes> times = [];
        foreach (var blocks in plan.Chains)
        {
            progress($"match {blocks} blocks");
            for (var pass = 1; pass < WarmUpPasses; pass++)
                await MatchAsync(client, chain.AsMemory(0, blocks), cancellation);
            await WaitUntilQuietAsync(cluster, cancellation);
            times.Add(await MatchAsync(client, chain.AsMemory(0, blocks), cancellation));
        }

        await WaitUntilReleasedAsync(cluster, cancellation);
        var keys = chain.Where(key => cluster.OwnerOf(key.Span) == 0).Take(plan.Keys).ToArray();
        if (keys.Length < plan.Keys)
            throw new ServerException($"One silo owns {keys.Length} keys of {chain.Length}, {plan.Keys} are needed.");
        progress($"match {plan.Keys} keys beside redis");
        var (ours, theirs) = await new KeyComparison(plan, keys, _payloads).RunAsync(cluster.Silos[0], redis, cancellation);
        await WaitUntilReleasedAsync(cluster, cancellation);
        return new(plan.Keys, times, ours, theirs);
    }

    private static BlockKey[] Chain(int blocks)
    {
        var random = new Random(1);
        var tokens = new int[blocks * BlockTokens];
        foreach (ref var token in tokens.AsSpan())
            token = random.Next(128_000);
        var model = new ModelFingerprint("bench", "1", "bf16", "bench", BlockTokens, 0, 1);
        return new PrefixHasher(new() { BlockTokens = BlockTokens, Model = model }).Chain(tokens);
    }

    private static async Task<PrefixCacheClient> ConnectAsync(SiloCluster cluster, CancellationToken cancellation)
    {
        var options = new PrefixCacheClientOptions { ConnectionsPerSilo = 1 };
        foreach (var silo in cluster.Silos)
            options.Gateways.Add(new(IPAddress.Loopback, silo.GatewayPort ?? throw new InvalidOperationException("The server is not a silo.")));
        var client = PrefixCacheClient.Connect(options);
        await client.WaitUntilReadyAsync(Deadline, cancellation);
        for (var started = Stopwatch.GetTimestamp(); !await KnowsAllAsync(client, cluster, cancellation);)
        {
            if (Stopwatch.GetElapsedTime(started) > Deadline)
                throw new ServerException($"The client does not know all silos after {Deadline.TotalSeconds} s.");
            await Task.Delay(Pause, cancellation);
        }

        return client;
    }

    private static async Task<bool> KnowsAllAsync(PrefixCacheClient client, SiloCluster cluster, CancellationToken cancellation)
    {
        try
        {
            return (await client.GetMapAsync(Deadline, cancellation)).Silos.Length == cluster.Silos.Count;
        }
        catch (CacheException)
        {
            // A gateway may be busy with its start.
            return false;
        }
    }

    private Task WriteAsync(PrefixCacheClient client, BlockKey[] chain, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, chain.Length),
            new ParallelOptions { MaxDegreeOfParallelism = WritersAtOnce, CancellationToken = cancellation },
            async (number, token) =>
            {
                var write = await client.WriteAsync(chain[number], _payloads.Of(number), deadline: Deadline, cancellationToken: token);
                if (write.Outcome is not (BlockWriteOutcome.Accepted or BlockWriteOutcome.AlreadyPresent))
                    throw new ServerException($"A write ended as {write.Outcome}.");
            });

    private async Task<ChainTimes> MatchAsync(PrefixCacheClient client, ReadOnlyMemory<BlockKey> chain, CancellationToken cancellation)
    {
        var times = new TimeSpan[plan.Matches];
        var before = CpuTimes.Now();
        for (var i = 0; i < times.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var began = Stopwatch.GetTimestamp();
            var match = await client.MatchAsync(chain, Lease, Deadline, cancellation).ConfigureAwait(false);
            await match.DisposeAsync().ConfigureAwait(false);
            times[i] = Stopwatch.GetElapsedTime(began);
            if (match.Blocks.Count != chain.Length)
                throw new ServerException($"{match.Blocks.Count} blocks of {chain.Length} were matched.");
        }

        var after = CpuTimes.Now();
        return new(chain.Length, times, after.StealSince(before), after.IdleSince(before));
    }

    /// <summary>Until nothing is copied any more: blocks that are used again get copies.</summary>
    private static async Task WaitUntilQuietAsync(SiloCluster cluster, CancellationToken cancellation)
    {
        var copies = -1L;
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Deadline;)
        {
            var now = (await cluster.InfoAsync()).Sum(static info => info["copies_made"] + info["offers_under_way"]);
            if (now == copies)
                return;
            copies = now;
            for (var pause = 0; pause < 5; pause++)
                await Task.Delay(Pause, cancellation);
        }

        throw new ServerException($"The silos still make copies after {Deadline.TotalSeconds} s.");
    }

    /// <summary>Releases are not waited for one by one; all must have been done.</summary>
    private static async Task WaitUntilReleasedAsync(SiloCluster cluster, CancellationToken cancellation)
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Lease / 2;)
        {
            if ((await cluster.InfoAsync()).All(static info => info["leases"] == 0))
                return;
            await Task.Delay(Pause, cancellation);
        }

        throw new ServerException("Leases were not released.");
    }
}
