using KvOrleans.Client.News;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Probes;
using KvOrleans.Probes.Clocks;
using static KvOrleans.Client.Tests.Heat.HotScript;

namespace KvOrleans.Client.Tests.Heat;

// Meters are the process's: who reads one waits for the others.
[Collection("Hot blocks")]
public sealed class HotBlockTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task MatchAsync_AHotBlock_IsLeasedAndReadWhereThereIsLessToDo()
    {
        using var copies = new MetricSums("kvorleans.client.copies.asked");
        await using var cluster = await StartAsync(_clock, 3);
        var (chain, payload) = Put(cluster, "a", 3);
        cluster["b"].Copy(cluster["a"], Text(chain[1]));
        await ListAsync(cluster, chain[1], "ab");

        await using var match = await cluster.Client.MatchAsync(chain);
        var destinations = TestClient.Destinations(match);

        Assert.Equal(3, match.Blocks.Count);
        Assert.Equal([Text(chain[0]), Text(chain[2])], Keys(cluster["a"], "KV.MATCH"));
        Assert.Equal([Text(chain[1])], Keys(cluster["b"], "KV.MATCH"));
        Assert.Equal(3, await cluster.Client.ReadAsync(match, destinations));
        Assert.Equal(payload[1], destinations[1].ToArray());
        Assert.Equal([Text(chain[1])], Keys(cluster["b"], "KV.GET"));
        Assert.Equal(1, copies.Total);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MatchAsync_AHolderSaysThatItIsAbsentOrElsewhere_TheOwnerIsAsked(bool isElsewhere)
    {
        await using var cluster = await StartAsync(_clock, 3);
        var (chain, _) = Put(cluster, "a", 3);
        await ListAsync(cluster, chain[1], "ab", isThere: false);
        cluster["b"].ElsewhereMap = isElsewhere ? 1 : 0;

        await using var match = await cluster.Client.MatchAsync(chain);

        Assert.Equal(3, match.Blocks.Count);
        Assert.True(match is { IsComplete: true, LeasedBlocks: 3 });
        Assert.Equal([Text(chain[0]), Text(chain[2]), Text(chain[1])], Keys(cluster["a"], "KV.MATCH"));
    }

    [Fact]
    public async Task MatchAsync_AHolderAndTheOwnerSayThatItIsAbsent_IsCompleteByTheOwnersWord()
    {
        await using var cluster = await StartAsync(_clock, 3);
        var (chain, _) = Put(cluster, "a", 3);
        await ListAsync(cluster, chain[1], "ab", isThere: false);
        cluster["a"].Blocks.TryRemove(Text(chain[1]), out _);

        await using var match = await cluster.Client.MatchAsync(chain);

        Assert.Single(match.Blocks);
        Assert.True(match.IsComplete);
        Assert.Empty(Keys(cluster["c"], "KV.MATCH"));
    }

    [Fact]
    public async Task MatchAsync_AHolderSaysThatItIsAbsentAndTheOwnerIsNotSure_IsNotComplete()
    {
        await using var cluster = await StartAsync(_clock, 3);
        var (chain, _) = Put(cluster, "a", 3);
        await ListAsync(cluster, chain[1], "ab", isThere: false);
        cluster["a"].Blocks.TryRemove(Text(chain[1]), out _);
        cluster["a"].ElsewhereMap = 1;

        await using var match = await cluster.Client.MatchAsync(chain);

        Assert.Single(match.Blocks);
        Assert.False(match.IsComplete);
    }

    [Fact]
    public async Task ReadAsync_AHotBlock_IsReadWhereThereIsLessToDo()
    {
        await using var cluster = await StartAsync(_clock, 3);
        var (chain, payload) = Put(cluster, "a", 1);
        cluster["b"].Copy(cluster["a"], Text(chain[0]));
        await ListAsync(cluster, chain[0], "ab");
        var destination = new byte[100];

        Assert.True((await cluster.Client.ReadAsync(chain[0], destination)).IsHit);

        Assert.Equal(payload[0], destination);
        Assert.Equal([Text(chain[0])], Keys(cluster["b"], "KV.GET"));
        Assert.Empty(Keys(cluster["a"], "KV.GET"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReadAsync_AHolderDoesNotHaveIt_TheOwnerSaysWhetherItIsThere(bool isThere)
    {
        await using var cluster = await StartAsync(_clock, 3);
        var (chain, _) = Put(cluster, "a", 1);
        await ListAsync(cluster, chain[0], "ab", isThere: false);
        if (!isThere)
            cluster["a"].Blocks.Clear();

        Assert.Equal(isThere, (await cluster.Client.ReadAsync(chain[0], new byte[100])).IsHit);

        Assert.Single(Keys(cluster["b"], "KV.GET"));
        Assert.Single(Keys(cluster["a"], "KV.GET"));
        Assert.Empty(Keys(cluster["c"], "KV.GET"));
    }

    [Fact]
    public async Task ReadAsync_AHolderIsGone_TheOwnerIsAsked()
    {
        await using var cluster = await StartAsync(_clock, 2);
        var (chain, _) = Put(cluster, "a", 1);
        await ListAsync(cluster, chain[0], "ab", isThere: false);
        cluster["b"].Dispose();

        Assert.True((await cluster.Client.ReadAsync(chain[0], new byte[100])).IsHit);
    }

    [Fact]
    public async Task ReadAsync_TheOwnerHasLeftTheMap_IsReadFromWhomItNamed()
    {
        await using var cluster = await StartAsync(_clock, 3);
        var key = ScriptedCluster.KeysOf(cluster.Map, "ab", 1)[0];
        cluster["a"].Put(Text(key), TestClient.Bytes(100));
        cluster["c"].Copy(cluster["a"], Text(key));
        await ListAsync(cluster, key, "ac");
        cluster.Control.Map = ScriptedControlPlane.MapOf(2, cluster["b"].Descriptor, cluster["c"].Descriptor);
        await cluster.Client.GetMapAsync();

        Assert.True((await cluster.Client.ReadAsync(key, new byte[100])).IsHit);

        Assert.Empty(Keys(cluster["b"], "KV.GET"));
        Assert.Single(Keys(cluster["c"], "KV.GET"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    public async Task HotList_IsAskedForWhileThereAreCallsOfAnyKind(long digestBytes)
    {
        await using var cluster = await StartAsync(_clock, 1, digestBytes);
        var (chain, _) = Put(cluster, "a", 1);
        var hot = cluster["a"].Hot!;
        Assert.Equal(0, hot.Asked);

        await cluster.Client.ReadAsync(chain[0], new byte[100]);
        await Eventually.HoldsAsync(() => hot.Asked > 2, "it is asked for");
        hot.List();
        await Eventually.HoldsAsync(() => cluster["a"].Heard.Any(heard => heard.Command is ["KV.HOT", "8"]), "the last is known");

        _clock.Advance(CallActivity.Patience);
        await Eventually.HoldsAsync(() => cluster["a"].EndedCount == 1, "the connection is closed");
        var asked = hot.Asked;
        await using var match = await cluster.Client.MatchAsync(chain);
        await Eventually.HoldsAsync(() => hot.Asked > asked, "it is asked for again");
    }

    [Fact]
    public async Task HotList_SiloKnowsOfNone_IsAskedOnceAndNothingIsSaid()
    {
        using var log = new LogLines();
        await using var cluster = await StartAsync(_clock, 1, 1 << 20, log);
        cluster["a"].Hot = null;
        var digest = cluster["a"].Digest!;

        await cluster.Client.MatchAsync(TestClient.Chain(1));
        await Eventually.HoldsAsync(() => digest.Asked > 3, "rounds go on");

        Assert.Single(cluster["a"].Heard, heard => heard.Command[0] == "KV.HOT");
        Assert.Empty(log.Of(""));
    }

    [Fact]
    public async Task HotList_ReplyIsNone_IsDroppedSaidOnceAndTheDigestGoesOn()
    {
        using var log = new LogLines();
        await using var cluster = await StartAsync(_clock, 2, 1 << 20, log);
        var (chain, _) = Put(cluster, "a", 1);
        cluster["b"].Copy(cluster["a"], Text(chain[0]));
        await ListAsync(cluster, chain[0], "ab");
        var bad = 0;
        cluster["a"].Script = async (connection, command) =>
        {
            if (command[0] != "KV.HOT")
                return false;
            await connection.SendAsync("+OK\r\n");
            return Interlocked.Increment(ref bad) > 0;
        };

        await Eventually.HoldsAsync(() => Volatile.Read(ref bad) > 1, "it is asked again");
        Assert.Single(log.Of("hot list"));
        Assert.True((await cluster.Client.ReadAsync(chain[0], new byte[100])).IsHit);
        Assert.Single(Keys(cluster["a"], "KV.GET"));
        var digests = cluster["a"].Digest!.Asked;
        await Eventually.HoldsAsync(() => cluster["a"].Digest!.Asked > digests + 5, "the digest goes on");

        cluster["a"].Script = null;
        await ListAsync(cluster, chain[0], "ab");
    }
}
