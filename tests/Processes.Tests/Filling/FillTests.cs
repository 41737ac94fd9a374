using System.Globalization;
using KvOrleans.Client.Filling;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Filling;

/// <summary>Many nodes miss the same blocks at once, over three silos in processes of their own: one computes.</summary>
public sealed class FillTests
{
    private const int Blocks = 6;
    private const int BlockBytes = 40_000;
    private const int AsksOfEach = 4;

    private static readonly GetOrComputeOptions Patient = new() { LongestWait = TimeSpan.FromMinutes(2), Deadline = TimeSpan.FromSeconds(20) };

    [Theory]
    [InlineData(64, false)]
    [InlineData(8, true)]
    public async Task GetOrComputeAsync_ManyNodesMissABlock_OneComputes(int count, bool isLost)
    {
        await using var trio = await SiloTrio.StartAsync();
        await using var fleet = await NodeFleet.StartAsync(trio, count);
        var nodes = fleet.Nodes;
        BlockKey[] chain = [.. Enumerable.Range(0, Blocks).Select(i => BlockKey.From($"kv:fill/{i:x4}"))];
        await nodes[0].WriteAsync(chain[0], BytesOf(0));
        var computing = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var computed = 0;

        var calls = Enumerable.Range(0, count).Select(node => Task.Run(async () =>
        {
            var destinations = Enumerable.Range(0, Blocks).Select(_ => new Memory<byte>(new byte[BlockBytes])).ToArray();
            var result = await nodes[node].GetOrComputeAsync(chain, destinations, async (from, token) =>
            {
                var isFirst = Interlocked.Increment(ref computed) == 1;
                computing.TrySetResult(node);
                // Those who wait ask again and again.
                await Eventually.HoldsAsync(() => WaitsOf(trio) >= count * AsksOfEach, "the others wait");
                if (isLost && isFirst)
                    await nodes[node].DisposeAsync();
                for (var i = from; i < Blocks; i++)
                    BytesOf(i).CopyTo(destinations[i]);
            }, Patient);
            for (var i = 0; i < Blocks; i++)
                Assert.True(destinations[i].Span.SequenceEqual(BytesOf(i)));
            return result;
        })).ToArray();
        var results = await Task.WhenAll(calls);

        var first = await computing.Task;
        Assert.Equal(isLost ? 2 : 1, computed);
        Assert.Equal(new(1, Blocks - 1, isLost ? 0 : Blocks - 1, Waited: false), results[first]);
        var others = results.Where((_, node) => node != first).ToArray();
        Assert.Equal(isLost ? 1 : 0, others.Count(result => result with { Waited = true } == new GetOrComputeResult(1, Blocks - 1, Blocks - 1, Waited: true)));
        Assert.Equal(count - computed, others.Count(result => result with { Waited = true } == new GetOrComputeResult(Blocks, 0, 0, Waited: true)));
        Assert.Contains(others, result => result.Waited);
        await Eventually.HoldsAsync(() => trio.Silos.All(silo => SiloTrio.Told(silo, "fills") == "0"), "no fill lease is left");
    }

    private static int WaitsOf(SiloTrio trio) =>
        trio.Silos.Sum(silo => int.TryParse(SiloTrio.Told(silo, "fill_waits"), CultureInfo.InvariantCulture, out var waits) ? waits : 0);

    private static byte[] BytesOf(int index)
    {
        var bytes = new byte[BlockBytes];
        new Random(index).NextBytes(bytes);
        return bytes;
    }
}
