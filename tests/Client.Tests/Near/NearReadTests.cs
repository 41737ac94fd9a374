using KvOrleans.Client.Matching;
using KvOrleans.Client.Near;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;
using KvOrleans.Probes.Clocks;
using static KvOrleans.Client.Tests.Heat.HotScript;

namespace KvOrleans.Client.Tests.Near;

// Meters are the process's: who reads one waits for the others.
[Collection("Hot blocks")]
public sealed class NearReadTests
{
    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task MatchAsync_AllIsNear_AsksNobodyAndIsReadWithoutASilo(int silos)
    {
        using var hits = new MetricSums("kvorleans.client.near.hits");
        using var held = new MetricSums("kvorleans.client.near.held");
        await using var cluster = await StartAsync(_clock, silos, nearBytes: 1000);
        var (chain, payloads) = await NearAsync(cluster, 3);

        await using (var match = await cluster.Client.MatchAsync(chain, TestClient.Moderate))
        {
            var destinations = TestClient.Destinations(match);
            Assert.Equal(3, match.Blocks.Count);
            Assert.True(match is { IsComplete: true, LeasedBlocks: 3 });
            Assert.Equal(TestClient.Moderate, match.Lease);
            Assert.Equal(cluster["a"].Blocks[Text(chain[1])].Version, match.Blocks[1].Version);
            Assert.Equal(3, await match.ExtendAsync(TestClient.Long));
            Assert.Equal(3, await cluster.Client.ReadAsync(match, destinations));
            Assert.All(payloads.Zip(destinations), pair => Assert.Equal(pair.First, pair.Second.ToArray()));
        }

        Assert.Empty(Calls(cluster));
        Assert.Equal(3, hits.Total);
        Assert.Equal(300, held.Total);
        await cluster.Client.DisposeAsync();
        Assert.Equal(0, held.Total);
    }

    [Fact]
    public async Task EveryWayOfReading_GoesThroughIt()
    {
        await using var cluster = await StartAsync(_clock, 2, nearBytes: 1000);
        var (chain, payloads) = await NearAsync(cluster, 3);
        var destination = new byte[100];

        Assert.True((await cluster.Client.ReadAsync(chain[1], destination)).IsHit);
        Assert.Equal(payloads[1], destination);

        await using var match = await cluster.Client.MatchAsync(chain);
        Assert.True((await cluster.Client.ReadAsync(match, 2, 30, destination.AsMemory(0, 20))).IsHit);
        Assert.Equal(payloads[2][30..50], destination[..20]);

        var destinations = TestClient.Destinations(match);
        var read = new List<int>();
        await foreach (var index in cluster.Client.ReadEachAsync(match, destinations))
            read.Add(index);
        Assert.Equal([0, 1, 2], read);
        Assert.Equal(payloads[0], destinations[0].ToArray());

        var result = await cluster.Client.GetOrComputeAsync(chain, destinations, (_, _) => throw new InvalidOperationException("all is there"));
        Assert.Equal((3, 0), (result.Cached, result.Computed));
        Assert.Empty(Calls(cluster));
    }

    [Fact]
    public async Task WhatIsReadNear_IsToldToTheOwner()
    {
        await using var cluster = await StartAsync(_clock, 2, nearBytes: 1000);
        var (chain, _) = await NearAsync(cluster, 2);

        for (var i = 0; i < 5; i++)
            await cluster.Client.ReadAsync(chain[0], new byte[100]);

        await Eventually.HoldsAsync(() => cluster["a"].Hot!.Near.GetValueOrDefault(Text(chain[0])) == 500, "it is told");
        Assert.Single(cluster["a"].Hot!.Near);
        Assert.Empty(cluster["b"].Hot!.Near);
    }

    [Fact]
    public async Task MatchAsync_SomeIsNear_AsksForTheRest()
    {
        await using var cluster = await StartAsync(_clock, 2, nearBytes: 1000);
        var (chain, _) = await NearAsync(cluster, 4, listed: 2);

        await using var match = await cluster.Client.MatchAsync(chain);
        Assert.Equal(4, match.Blocks.Count);
        Assert.Equal(4, await cluster.Client.ReadAsync(match, TestClient.Destinations(match)));

        Assert.Equal(Texts(chain[2..]), Keys(cluster["a"], "KV.MATCH"));
        Assert.Equal(Texts(chain[2..]), Keys(cluster["a"], "KV.GET"));
    }

    [Fact]
    public async Task MatchAsync_TheBlockBehindWhatIsNearIsAbsent_IsComplete()
    {
        await using var cluster = await StartAsync(_clock, 2, nearBytes: 1000);
        var (chain, _) = await NearAsync(cluster, 2);

        await using var match = await cluster.Client.MatchAsync(chain.Append(ScriptedCluster.KeysOf(cluster.Map, "b", 1)[0]).ToArray());

        Assert.Equal(2, match.Blocks.Count);
        Assert.True(match is { IsComplete: true, LeasedBlocks: 2 });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAsync_TheListDoesNotNameItAnyMore_IsReadFromTheSilosLikeAnyBlock(bool isThere)
    {
        await using var cluster = await StartAsync(_clock, 2, nearBytes: 1000);
        var (chain, _) = await NearAsync(cluster, 3);
        await using var match = await cluster.Client.MatchAsync(chain);
        if (!isThere)
            cluster["a"].Blocks.TryRemove(Text(chain[1]), out _);
        List(cluster, [chain[0], chain[2]]);
        await KnowAsync(cluster);
        Forget(cluster);

        Assert.Equal(isThere ? 3 : 1, await cluster.Client.ReadAsync(match, TestClient.Destinations(match)));

        Assert.Equal([Text(chain[1])], Keys(cluster["a"], "KV.GET"));
        Assert.Equal(isThere, (await cluster.Client.ReadAsync(chain[1], new byte[100])).IsHit);
        await using var again = await cluster.Client.MatchAsync(chain);
        Assert.Equal(isThere ? 3 : 1, again.Blocks.Count);
        Assert.Equal([Text(chain[1])], Keys(cluster["a"], "KV.MATCH"));
    }

    [Fact]
    public async Task ReadAsync_TheSiloIsNotHeardOf_IsNotServedFromNearAfterASecond()
    {
        await using var cluster = await StartAsync(_clock, 2, nearBytes: 1000);
        var (chain, _) = await NearAsync(cluster, 2);
        foreach (var silo in cluster.Silos)
            silo.Script = (_, command) => Task.FromResult(command[0] == "KV.HOT");

        // One question may be under way, and be answered as of now.
        await Eventually.HoldsAsync(() => cluster["a"].Heard.Any(heard => heard.Command[0] == "KV.HOT"), "a question is not answered");
        _clock.Advance(NearCache.Freshness);
        Forget(cluster);

        Assert.True((await cluster.Client.ReadAsync(chain[0], new byte[100])).IsHit);
        Assert.Equal([Text(chain[0])], Keys(cluster["a"], "KV.GET"));
    }

    [Fact]
    public async Task MatchAsync_WhatItHasNear_StaysUntilItIsReleased()
    {
        using var held = new MetricSums("kvorleans.client.near.held");
        await using var cluster = await StartAsync(_clock, 2, nearBytes: 200);
        var (chain, _) = await NearAsync(cluster, 4, listed: 2);
        var match = await cluster.Client.MatchAsync(chain[..2]);
        List(cluster, chain);
        await KnowAsync(cluster);

        await ReadAllAsync(cluster, chain[2..]);
        Forget(cluster);
        await ReadAllAsync(cluster, chain[2..]);
        Assert.Equal(Texts(chain[2..]), Keys(cluster["a"], "KV.GET"));
        Assert.Equal(200, held.Total);

        await cluster.Client.ReleaseAsync(match);
        await ReadAllAsync(cluster, chain[2..]);
        Forget(cluster);
        await ReadAllAsync(cluster, chain[2..]);
        Assert.Empty(Keys(cluster["a"], "KV.GET"));
        Assert.Equal(200, held.Total);
    }

    [Fact]
    public async Task NobodyCalls_IsLetGoOf()
    {
        using var held = new MetricSums("kvorleans.client.near.held");
        await using var cluster = await StartAsync(_clock, 1, nearBytes: 1000);
        await NearAsync(cluster, 2);
        Assert.Equal(200, held.Total);

        _clock.Advance(Client.News.CallActivity.Patience);

        await Eventually.HoldsAsync(() => held.Total == 0, "it is let go of");
    }

    private static string[] Texts(BlockKey[] keys) => [.. keys.Select(Text)];

    private static string[] Calls(ScriptedCluster cluster) =>
        [.. cluster.Silos.SelectMany(silo => silo.Heard).Select(heard => heard.Command[0]).Where(command => command is "KV.MATCH" or "KV.GET" or "KV.RELEASE" or "KV.EXTEND")];

    private static void Forget(ScriptedCluster cluster)
    {
        foreach (var silo in cluster.Silos)
            silo.Heard.Clear();
    }

    private static void List(ScriptedCluster cluster, BlockKey[] keys) =>
        cluster["a"].Hot!.List([.. keys.Select(key => (Text(key), cluster["a"].Blocks[Text(key)].Version, 100, new[] { cluster["a"] }))]);

    private static async Task ReadAllAsync(ScriptedCluster cluster, BlockKey[] keys)
    {
        foreach (var key in keys)
            Assert.True((await cluster.Client.ReadAsync(key, new byte[100])).IsHit);
    }

    /// <summary>Blocks of the first silo, the first of them listed and read, so that they are near. What was heard is forgotten.</summary>
    private static async Task<(BlockKey[] Chain, byte[][] Payloads)> NearAsync(ScriptedCluster cluster, int count, int? listed = null)
    {
        var (chain, payloads) = Put(cluster, "a", count);
        var near = chain[..(listed ?? count)];
        List(cluster, near);
        await KnowAsync(cluster);
        await using (var match = await cluster.Client.MatchAsync(near))
            Assert.Equal(near.Length, await cluster.Client.ReadAsync(match, TestClient.Destinations(match)));
        await KnowAsync(cluster);
        Forget(cluster);
        return (chain, payloads);
    }
}
