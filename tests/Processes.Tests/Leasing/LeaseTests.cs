using System.Globalization;
using KvOrleans.Client;
using KvOrleans.Client.Matching;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Leasing;

/// <summary>Over three silos in processes of their own: what was matched can be read until its lease ends, however much is written meanwhile.</summary>
[Collection(HeavyLoad.Name)]
public sealed class LeaseTests
{
    private const int Readers = 32;
    private const int BlockBytes = 64 * 1024;
    private const int ChainLength = 8;

    // Of four times what the silos can hold.
    private const int SiloBytes = 32 << 20;
    private const int Held = 3 * SiloBytes / BlockBytes / ChainLength;
    private const int Chains = 4 * Held;
    private const int Turnover = Held * 5 / 4;

    // Few enough for leases to stay within their share.
    private const int LeasedOf = 16;

    private static readonly MatchOptions Leased = new() { Lease = TimeSpan.FromSeconds(60), Certain = true };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Blocks_ThatAreLeased_AreNotEvicted()
    {
        // Without copies, which would stay longer than what they were made of.
        await using var trio = await SiloTrio.StartAsync("--KvOrleans:Memory:Bytes", $"{SiloBytes}", "--KvOrleans:Copies:AfterReuse", "1");
        await using var fleet = await NodeFleet.StartAsync(trio, Readers + 1);
        var written = Enumerable.Range(0, Chains).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var latest = -1;

        var reading = Enumerable.Range(0, Readers).Select(reader => Task.Run(() => ReadAsync(fleet.Nodes[reader], reader))).ToArray();
        var payload = new byte[BlockBytes];
        for (var chain = 0; chain < Chains; chain++)
        {
            var writes = await fleet.Nodes[Readers].WriteAsync(KeysOf(chain), Enumerable.Repeat((ReadOnlyMemory<byte>)payload, ChainLength).ToArray(), deadline: Patience);
            Assert.All(writes, write => Assert.True(write.IsStored, $"{write.Outcome}"));
            Volatile.Write(ref latest, chain);
            written[chain].SetResult();
        }

        var counts = await Task.WhenAll(reading);

        Assert.All(counts, count => Assert.True(count.Matched > 0, "Each reader has matched something."));
        Assert.Equal(counts.Sum(count => count.Matched), counts.Sum(count => count.Read));
        var evictions = trio.Silos.Sum(silo => long.Parse(SiloTrio.Told(silo, "evictions"), CultureInfo.InvariantCulture));
        Assert.InRange(evictions, 2 * Held * ChainLength, long.MaxValue);

        async Task<(long Matched, long Read)> ReadAsync(PrefixCacheClient node, int reader)
        {
            var random = new Random(reader);
            var destinations = Enumerable.Range(0, ChainLength).Select(_ => new Memory<byte>(new byte[BlockBytes])).ToArray();
            var counts = (Matched: 0L, Read: 0L);
            for (int newest; (newest = Volatile.Read(ref latest)) < Chains - Turnover;)
            {
                await written[newest + 1].Task;
                var chain = Math.Max(0, (((newest + 1) / LeasedOf) - random.Next(4)) * LeasedOf);
                await using var match = await node.MatchAsync(KeysOf(chain), Leased, Patience);
                // By then everything else that was there has gone.
                await written[newest + Turnover].Task;
                counts.Matched += match.Blocks.Count;
                counts.Read += await node.ReadAsync(match, destinations.AsMemory(0, match.Blocks.Count), Patience);
            }

            return counts;
        }
    }

    private static BlockKey[] KeysOf(int chain) =>
        [.. Enumerable.Range(0, ChainLength).Select(block => BlockKey.From(string.Create(CultureInfo.InvariantCulture, $"kv:leases/{chain:x4}-{block}")))];
}
