using System.Globalization;
using System.Net;
using KvOrleans.Client;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Errors;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Hotspots;

/// <summary>
/// The inside of a client process: does what standard input tells it, a word a line, and answers each with a line. <c>write</c> writes all blocks; <c>warm</c> reads the others for a moment;
/// <c>begin</c> reads the hot block until <c>stop</c>, each time with a match, as an inference node does; <c>count</c> tells what was read since. The end of its input is its own.
/// </summary>
internal sealed class HotspotReader(HotspotReaderPlan plan, TextReader input, TextWriter output)
{
    /// <summary>What it says when it knows all silos, and when a word was done.</summary>
    public const string Done = "done";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    private readonly HotspotBlocks _blocks = new(plan.Size, plan.Silos * HotspotBlocks.OthersPerSilo);
    private long _bytes;
    private long _misses;
    private long _wrong;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var options = new PrefixCacheClientOptions { ConnectionsPerSilo = plan.Connections };
        foreach (var gateway in plan.Gateways)
            options.Gateways.Add(gateway);
        await using var client = PrefixCacheClient.Connect(options);
        await ConnectAsync(client, cancellation);
        Say(Done);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] reading = [];
        while (await input.ReadLineAsync(cancellation) is { } word)
        {
            switch (word)
            {
                case "write":
                    await WriteAsync(client, cancellation);
                    Say(Done);
                    break;
                case "warm":
                    await WarmUpAsync(client, cancellation);
                    Say(Done);
                    break;
                case "begin":
                    reading = [.. Enumerable.Range(0, plan.InFlight).Select(_ => ReadAsync(client, stopping.Token))];
                    Say(Done);
                    break;
                case "count":
                    SayCounts();
                    break;
                case "stop":
                    await stopping.CancelAsync();
                    await Task.WhenAll(reading);
                    SayCounts();
                    break;
                default:
                    throw new ServerException($"A reader does not know '{word}'.");
            }
        }
    }

    private void SayCounts() => Say(string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Read(ref _bytes)} {Interlocked.Read(ref _misses)} {Interlocked.Read(ref _wrong)}"));

    private void Say(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }

    private async Task ConnectAsync(PrefixCacheClient client, CancellationToken cancellation)
    {
        await client.WaitUntilReadyAsync(Deadline, cancellation);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Deadline);
        while (true)
        {
            try
            {
                if ((await client.GetMapAsync(Deadline, deadline.Token)).Silos.Length == plan.Silos)
                    return;
            }
            catch (CacheException)
            {
                // A gateway may be busy with its start.
            }

            await Task.Delay(Pause, deadline.Token);
        }
    }

    private async Task WriteAsync(PrefixCacheClient client, CancellationToken cancellation)
    {
        BlockKey[] keys = [HotspotBlocks.HotKey, .. Enumerable.Range(0, _blocks.Others).Select(HotspotBlocks.OtherKey)];
        ReadOnlyMemory<byte>[] payloads = [_blocks.HotPayload, .. Enumerable.Range(0, _blocks.Others).Select(_blocks.OtherPayload)];
        var writes = await client.WriteAsync(keys, payloads, deadline: Deadline, cancellationToken: cancellation);
        if (writes.Any(static write => !write.IsStored))
            throw new ServerException($"A write ended as {writes.First(static write => !write.IsStored).Outcome}.");
    }

    private async Task WarmUpAsync(PrefixCacheClient client, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        over.CancelAfter(WarmUp);
        await Task.WhenAll(Enumerable.Range(0, plan.InFlight).Select(worker => Task.Run(
            async () =>
            {
                var memory = GC.AllocateUninitializedArray<byte>(HotspotBlocks.OtherSize, pinned: true);
                for (var number = worker; !over.IsCancellationRequested; number++)
                    await ReadOnceAsync(client, HotspotBlocks.OtherKey(number % _blocks.Others), memory, over.Token);
            },
            cancellation)));
    }

    private async Task ReadAsync(PrefixCacheClient client, CancellationToken stopping)
    {
        var memory = GC.AllocateUninitializedArray<byte>(plan.Size, pinned: true);
        while (!stopping.IsCancellationRequested)
        {
            if (await ReadOnceAsync(client, HotspotBlocks.HotKey, memory, stopping))
            {
                Interlocked.Add(ref _bytes, plan.Size);
                if (!_blocks.IsHot(memory))
                    Interlocked.Increment(ref _wrong);
            }
            else if (!stopping.IsCancellationRequested)
            {
                Interlocked.Increment(ref _misses);
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
    }

    private static async Task<bool> ReadOnceAsync(PrefixCacheClient client, BlockKey key, Memory<byte> memory, CancellationToken cancellation)
    {
        try
        {
            await using var match = await client.MatchAsync(new[] { key }, deadline: Deadline, cancellationToken: cancellation);
            return match.Blocks.Count == 1 && await client.ReadAsync(match, new[] { memory }, Deadline, cancellation) == 1;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
