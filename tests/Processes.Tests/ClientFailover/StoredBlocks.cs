using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using KvOrleans.Client;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Processes.Tests.ClientFailover;

/// <summary>Blocks that a client writes to two silos each and reads again, with what went wrong. A block's bytes follow from its key.</summary>
internal sealed class StoredBlocks(PrefixCacheClient client, string name)
{
    /// <summary>The longest that a read may take when one silo is gone.</summary>
    public static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(2);

    private const int BlockBytes = 16 << 10;
    private const int Writers = 8;
    private const int Readers = 4;
    private const int MatchedBlocks = 16;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<int> _stored = new();
    private readonly ConcurrentDictionary<string, int> _failures = new();
    private long _worstTicks;
    private int _reads;

    /// <summary>What is going on, for the report of what fails meanwhile.</summary>
    public string Phase { get; set; } = "writing";

    /// <summary>How many writes were acknowledged.</summary>
    public int Count => _stored.Count;

    /// <summary>How many blocks were read and verified.</summary>
    public int Reads => _reads;

    /// <summary>The slowest of the calls that read.</summary>
    public TimeSpan WorstRead => TimeSpan.FromTicks(Interlocked.Read(ref _worstTicks));

    /// <summary>What failed, and how often; empty when nothing did.</summary>
    public string Failures => string.Join(", ", _failures.OrderBy(failure => failure.Key, StringComparer.Ordinal).Select(failure => $"{failure.Key}: {failure.Value}"));

    /// <summary>Writes so many blocks, and tells how many are acknowledged each time one is.</summary>
    public async Task WriteAsync(int count, Action<int> acknowledged)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next) - 1; i < count; i = Interlocked.Increment(ref next) - 1)
            {
                var write = await client.WriteAsync(KeyOf(i), BytesOf(i), new() { Concern = WriteConcern.Replicated }, Deadline);
                if (write.Outcome is not (BlockWriteOutcome.Accepted or BlockWriteOutcome.AlreadyPresent))
                {
                    Failed($"write {write.Outcome}");
                    continue;
                }

                _stored.Enqueue(i);
                acknowledged(_stored.Count);
            }
        })));
    }

    /// <summary>Reads acknowledged blocks by chance until it is told to stop: one alone, then some as a match.</summary>
    public Task ReadAsync(int seed, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Readers).Select(reader => Task.Run(
        async () =>
        {
            var random = new Random(seed + reader);
            while (!stop.IsCancellationRequested)
            {
                if (_stored.ToArray() is not { Length: > 0 } stored)
                {
                    await Task.Yield();
                    continue;
                }

                await ReadOneAsync(stored[random.Next(stored.Length)]);
                await MatchAsync([.. random.GetItems(stored, MatchedBlocks).Distinct()]);
            }
        },
        CancellationToken.None)));

    /// <summary>Reads every acknowledged block once.</summary>
    public async Task ReadAllAsync()
    {
        foreach (var i in _stored)
            await ReadOneAsync(i);
        foreach (var some in _stored.Chunk(MatchedBlocks))
            await MatchAsync(some);
    }

    private async Task ReadOneAsync(int i)
    {
        var bytes = new byte[BlockBytes];
        var began = Stopwatch.GetTimestamp();
        var read = await client.ReadAsync(KeyOf(i), bytes, Deadline);
        Took(began);
        if (!read.IsHit)
            Failed($"read {read.Outcome} of {i}");
        else
            Check(i, bytes);
    }

    private async Task MatchAsync(int[] some)
    {
        var began = Stopwatch.GetTimestamp();
        await using var match = await client.MatchAsync(some.Select(KeyOf).ToArray(), deadline: Deadline);
        Took(began);
        if (match.Blocks.Count < some.Length)
            Failed($"match cut at {some[match.Blocks.Count]}, complete {match.IsComplete}, by a digest {match.IsByDigest}");
        var destinations = match.Blocks.Select(_ => new byte[BlockBytes]).ToArray();
        began = Stopwatch.GetTimestamp();
        var read = await client.ReadAsync(match, destinations.Select(bytes => bytes.AsMemory()).ToArray(), Deadline);
        Took(began);
        if (read < match.Blocks.Count)
            Failed("read of a match cut");
        for (var i = 0; i < read; i++)
            Check(some[i], destinations[i]);
    }

    private void Check(int i, byte[] bytes)
    {
        Interlocked.Increment(ref _reads);
        if (!bytes.AsSpan().SequenceEqual(BytesOf(i)))
            Failed("wrong bytes");
    }

    private void Took(long began)
    {
        var took = Stopwatch.GetElapsedTime(began).Ticks;
        for (var worst = Interlocked.Read(ref _worstTicks); took > worst; worst = Interlocked.Read(ref _worstTicks))
            Interlocked.CompareExchange(ref _worstTicks, took, worst);
    }

    private void Failed(string what) => _failures.AddOrUpdate($"{Phase}: {what}", 1, static (_, count) => count + 1);

    private BlockKey KeyOf(int i) => BlockKey.From(string.Create(CultureInfo.InvariantCulture, $"kv:{name}/{i:x4}"));

    private byte[] BytesOf(int i)
    {
        var bytes = new byte[BlockBytes];
        new Random(HashOf(i)).NextBytes(bytes);
        return bytes;
    }

    private int HashOf(int i) => name.Aggregate(i, static (hash, letter) => unchecked((hash * 31) + letter));
}
