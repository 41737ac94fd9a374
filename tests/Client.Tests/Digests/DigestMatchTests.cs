using System.Globalization;
using KvOrleans.Client.Digests;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.News;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;
using KvOrleans.Probes.Clocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvOrleans.Client.Tests.Digests;

public sealed class DigestMatchTests
{
    private static readonly BlockKey Unknown = BlockKey.From("kv:nobody/0");

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task MatchAsync_FirstKeyIsRuledOut_AsksNobody()
    {
        await using var cluster = await StartAsync(2);
        await RulesOutAsync(cluster);
        var asked = Asked(cluster);

        var match = await cluster.Client.MatchAsync(TestClient.Chain(1000));

        Assert.Empty(match.Blocks);
        Assert.True(match is { IsComplete: true, IsByDigest: true, LeasedBlocks: 0 });
        Assert.Equal(asked, Asked(cluster));
        Assert.Equal(0, await match.ExtendAsync(TestClient.Long));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task MatchAsync_ALaterKeyIsRuledOut_AsksOnlyBeforeIt(int silos)
    {
        await using var cluster = await StartAsync(silos);
        var chain = Put(cluster, 300, but: 200);
        await RulesOutAsync(cluster);
        Forget(cluster);

        await using var match = await cluster.Client.MatchAsync(chain);

        Assert.Equal(200, match.Blocks.Count);
        Assert.True(match is { IsComplete: true, IsByDigest: true, LeasedBlocks: 200 });
        Assert.Equal(chain[..200].Select(key => key.Span.Length).Sum(), AskedKeys(cluster).Sum(key => key.Length));
        Assert.Equal(200, AskedKeys(cluster).Distinct().Count());
    }

    [Fact]
    public async Task MatchAsync_AllIsThere_IsNotByDigest()
    {
        await using var cluster = await StartAsync(2);
        var chain = Put(cluster, 50);
        await RulesOutAsync(cluster);

        await using var match = await cluster.Client.MatchAsync(chain);

        Assert.Equal(50, match.Blocks.Count);
        Assert.True(match is { IsComplete: true, IsByDigest: false });
    }

    [Fact]
    public async Task MatchAsync_Certain_AsksAllTheSame()
    {
        await using var cluster = await StartAsync(2);
        await RulesOutAsync(cluster);
        var asked = Asked(cluster);

        var match = await cluster.Client.MatchAsync(TestClient.Chain(1), new MatchOptions { Certain = true });

        Assert.True(match is { IsComplete: true, IsByDigest: false });
        Assert.Equal(asked + 1, Asked(cluster));
    }

    [Fact]
    public async Task MatchAsync_KeysThatAreNotOurs_AreAskedFor()
    {
        await using var cluster = await StartAsync(1);
        await RulesOutAsync(cluster);

        var match = await cluster.Client.MatchAsync(new[] { BlockKey.From("register") });

        Assert.False(match.IsByDigest);
    }

    [Fact]
    public async Task MatchAsync_TheDigestIsNotFreshAnyMore_Asks()
    {
        await using var cluster = await StartAsync(1);
        await RulesOutAsync(cluster);
        cluster["a"].Script = (_, command) => Task.FromResult(command[0] == "KV.DIGEST");

        // One question may be under way, and be answered as of now.
        _clock.Advance(DigestRules.Freshness);

        Assert.False((await cluster.Client.MatchAsync(new[] { Unknown })).IsByDigest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MatchAsync_TheSiloCannotSayOrHasAnotherMap_Asks(bool another)
    {
        await using var cluster = await StartAsync(1);
        await RulesOutAsync(cluster);
        var digest = cluster["a"].Digest!;

        digest.Map = another ? cluster.Map.Position with { Digest = 99 } : null;

        await Eventually.HoldsAsync(async () => !(await cluster.Client.MatchAsync(new[] { Unknown })).IsByDigest, "it is asked");
        digest.Map = cluster.Map.Position with { Id = cluster.Map.Id + 1 };
        await RulesOutAsync(cluster);
    }

    [Fact]
    public async Task MatchAsync_AHandoffIsPending_AsksUnlessTheOtherRulesItOutToo()
    {
        await using var cluster = await StartAsync(2);
        var here = ScriptedCluster.KeysOf(cluster.Map, "a", 1, "kv:here/");
        var there = ScriptedCluster.KeysOf(cluster.Map, "a", 1, "kv:there/");
        cluster["a"].Digest!.Pending = [cluster["b"].Descriptor.DataPlane.ToString()];
        cluster["b"].Digest!.More = [TestClient.TextOf(there[0])];

        await Eventually.HoldsAsync(async () => (await cluster.Client.MatchAsync(here)).IsByDigest, "neither has it");
        Assert.False((await cluster.Client.MatchAsync(there)).IsByDigest);

        cluster["a"].Digest!.Pending = ["127.0.0.1:1"];
        await Eventually.HoldsAsync(async () => !(await cluster.Client.MatchAsync(here)).IsByDigest, "the other is not known");
        cluster["a"].Digest!.Pending = [cluster["b"].Descriptor.DataPlane.ToString()];
        cluster["b"].Digest!.Map = null;
        await Eventually.HoldsAsync(() => cluster["b"].Digest!.Asked > 2, "b has said so");
        await Eventually.HoldsAsync(async () => !(await cluster.Client.MatchAsync(here)).IsByDigest, "the other cannot say");
    }

    [Fact]
    public async Task MatchAsync_WhatThisClientHasWritten_IsAskedForUntilADigestHasIt()
    {
        await using var cluster = await StartAsync(1);
        var key = BlockKey.From("kv:own/1");
        cluster["a"].Digest!.More = ["-kv:own/1"];
        await RulesOutAsync(cluster);

        await cluster.Client.WriteAsync(key, new byte[10]);

        Assert.Single((await cluster.Client.MatchAsync(new[] { key })).Blocks);
        _clock.Advance(OwnKeys.Span * 2);
        await RulesOutAsync(cluster);
        Assert.True((await cluster.Client.MatchAsync(new[] { key })).IsByDigest);
    }

    [Fact]
    public async Task MatchAsync_WhatWasFoundForCertain_IsFoundAgainThoughTheDigestIsLate()
    {
        await using var cluster = await StartAsync(1);
        var key = BlockKey.From("kv:other/1");
        cluster["a"].Digest!.More = ["-kv:other/1"];
        await RulesOutAsync(cluster);
        cluster["a"].Put("kv:other/1", new byte[3]);
        Assert.True((await cluster.Client.MatchAsync(new[] { key })).IsByDigest);

        Assert.Single((await cluster.Client.MatchAsync(new[] { key }, new MatchOptions { Certain = true })).Blocks);

        Assert.Single((await cluster.Client.MatchAsync(new[] { key })).Blocks);
    }

    [Fact]
    public async Task MatchAsync_OneOfManyThatAreRuledOut_IsAskedForAndAWrongDigestCounted()
    {
        using var wrong = new MetricSums("kvorleans.client.digest.wrong");
        using var log = new LogLines();
        await using var cluster = await StartAsync(1, logging: log);
        var key = BlockKey.From("kv:hidden/1");
        cluster["a"].Digest!.More = ["-kv:hidden/1"];
        cluster["a"].Put("kv:hidden/1", new byte[3]);
        await RulesOutAsync(cluster);

        var found = 0;
        for (var i = 0; i < DigestRules.CheckedOf && found == 0; i++)
            found = (await cluster.Client.MatchAsync(new[] { key })).Blocks.Count;

        Assert.Equal(1, found);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await Eventually.HoldsAsync(() => wrong.Total == 1, "it is counted");
        await Eventually.HoldsAsync(() => log.Of("does not have a block").Count == 1, "it is logged once");
    }

    [Fact]
    public async Task MatchAsync_TheOwnerDoesNotAnswer_IsAskedOfTheNext()
    {
        await using var cluster = await StartAsync(2);
        var key = ScriptedCluster.KeysOf(cluster.Map, "ab", 1)[0];
        cluster["b"].Put(TestClient.TextOf(key), new byte[3]);
        await RulesOutAsync(cluster);

        cluster["a"].Dispose();

        // Long before one is asked for to look after the digests.
        for (var left = DigestRules.CheckedOf / 2; (await cluster.Client.MatchAsync(new[] { key })).Blocks.Count == 0; left--)
        {
            Assert.True(left > 0, "It is found where its copy is.");
            await cluster.Client.WriteAsync(ScriptedCluster.KeysOf(cluster.Map, "a", 1, "kv:new/")[0], new byte[1], deadline: TimeSpan.FromMilliseconds(20));
        }
    }

    [Fact]
    public async Task Digest_OfManyReplies_IsWholeWithTheLast()
    {
        await using var cluster = await StartAsync(1, digest: map => new(map) { Blocks = 10, PageBlocks = 3 });
        await RulesOutAsync(cluster);
        await cluster["a"].HearAsync(command => command[0] == "KV.DIGEST" && command[2] == "1");

        var pages = cluster["a"].Heard.Where(heard => heard.Command[0] == "KV.DIGEST").Select(heard => heard.Command[1..]).Take(5).ToArray();

        Assert.Equal(["0000000000000000 0 0", "0000000000001234 0 3", "0000000000001234 0 6", "0000000000001234 0 9", "0000000000001234 1 0"], pages.Select(page => string.Join(' ', page)));
    }

    [Fact]
    public async Task Digest_NobodyMatches_IsNotAskedForUntilSomebodyDoes()
    {
        await using var cluster = await StartAsync(1);
        var digest = cluster["a"].Digest!;
        Assert.Equal(0, digest.Asked);
        await RulesOutAsync(cluster);
        var before = digest.Whole;
        await Eventually.HoldsAsync(() => digest.Whole > before + 2, "it goes on without matches");

        _clock.Advance(CallActivity.Patience);
        await Eventually.HoldsAsync(() => cluster["a"].EndedCount == 1, "the connection is closed");
        var asked = digest.Asked;

        Assert.False((await cluster.Client.MatchAsync(new[] { Unknown })).IsByDigest);
        await RulesOutAsync(cluster);
        Assert.True(digest.Asked > asked);
    }

    [Fact]
    public async Task Digest_NoRoomForIt_ItsSiloIsAsked()
    {
        using var log = new LogLines();
        await using var cluster = await StartAsync(1, bytes: 63 * 64, logging: log);

        await cluster.Client.MatchAsync(new[] { Unknown });
        await Eventually.HoldsAsync(() => log.Of("cannot be used").Count == 1, "it is said");

        Assert.False((await cluster.Client.MatchAsync(new[] { Unknown })).IsByDigest);
    }

    [Theory]
    [InlineData("-ERR unknown command\r\n")]
    [InlineData("+OK\r\n")]
    [InlineData("*6\r\n+0000000000001234\r\n:1\r\n:8\r\n:0\r\n+-\r\n*0\r\n")]
    [InlineData("*7\r\n+12\r\n:1\r\n:8\r\n:0\r\n+-\r\n*0\r\n$0\r\n\r\n")]
    [InlineData("*7\r\n+0000000000000000\r\n:1\r\n:8\r\n:0\r\n+-\r\n*0\r\n$0\r\n\r\n")]
    [InlineData("*7\r\n+0000000000001234\r\n:-1\r\n:8\r\n:0\r\n+-\r\n*0\r\n$0\r\n\r\n")]
    [InlineData("*7\r\n+0000000000001234\r\n:1\r\n:0\r\n:0\r\n+-\r\n*0\r\n$0\r\n\r\n")]
    [InlineData("*7\r\n+0000000000001234\r\n:1\r\n:1048577\r\n:0\r\n+-\r\n*0\r\n$0\r\n\r\n")]
    [InlineData("*7\r\n+0000000000001234\r\n:1\r\n:8\r\n:8\r\n+-\r\n*0\r\n$0\r\n\r\n")]
    [InlineData("*7\r\n+0000000000001234\r\n:1\r\n:8\r\n:0\r\n+1 2 3\r\n*0\r\n$0\r\n\r\n")]
    [InlineData("*7\r\n+0000000000001234\r\n:1\r\n:8\r\n:0\r\n+-\r\n*1\r\n$4\r\nhere\r\n$0\r\n\r\n")]
    [InlineData("*7\r\n+0000000000001234\r\n:1\r\n:8\r\n:0\r\n+-\r\n*2000\r\n")]
    [InlineData("*7\r\n+0000000000001234\r\n:1\r\n:8\r\n:0\r\n+-\r\n*0\r\n$67\r\n")]
    [InlineData("*7\r\n+0000000000001234\r\n:1\r\n:8\r\n:0\r\n+-\r\n*0\r\n$278596\r\n")]
    [InlineData("*7\r\n+0000000000001234\r\n:1\r\n:8\r\n:0\r\n+-\r\n*0\r\n:0\r\n")]
    public async Task Digest_ReplyIsNone_IsDroppedSaidOnceAndFetchedAgain(string reply)
    {
        using var log = new LogLines();
        await using var cluster = await StartAsync(1, logging: log);
        await RulesOutAsync(cluster);
        var (bad, ended) = (0, cluster["a"].EndedCount);
        cluster["a"].Script = async (connection, command) =>
        {
            if (command[0] != "KV.DIGEST")
                return false;
            await connection.SendAsync(reply);
            return Interlocked.Increment(ref bad) > 0;
        };

        await Eventually.HoldsAsync(() => Volatile.Read(ref bad) > 1, "it is asked again");
        Assert.False((await cluster.Client.MatchAsync(new[] { Unknown })).IsByDigest);
        Assert.True(cluster["a"].EndedCount > ended, "The connection is closed.");
        Assert.Single(log.Of("cannot be used"));

        cluster["a"].Script = null;
        await RulesOutAsync(cluster);
        Assert.Equal("0000000000000000", cluster["a"].Heard.Last(heard => heard.Command[0] == "KV.DIGEST" && heard.Command[2] == "0").Command[1]);
    }

    [Fact]
    public async Task Digest_NoEndOfReplies_IsAskedForNoMoreOftenThanAnyOther()
    {
        using var silo = new ScriptedSilo();
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.DIGEST")
                return false;
            await connection.SendAsync(ScriptedDigest.Page(7, 1, 1 << 20, int.Parse(command[3], CultureInfo.InvariantCulture) + 1, "-", [], []));
            return true;
        };
        var time = new StoppedTime();
        var digesting = Digesting.Of(1 << 30, _clock, time);
        digesting.Activity.Called();
        using var metrics = new PrefixCacheClientMetrics();
        var digest = new SiloDigest(silo.Descriptor.DataPlane, digesting, metrics, NullLogger.Instance);
        using var news = new SiloNews(silo.Descriptor.DataPlane, new(null), [digest], digesting.Activity, time, metrics, NullLogger.Instance);

        news.Begin();

        await Eventually.HoldsAsync(() => time.Pauses == 1, "it pauses");
        Assert.Single(silo.Heard);
        Assert.Null(digest.Current);
    }

    [Fact]
    public async Task Digest_SiloIsSilent_ItsConnectionIsEndedAndTheDigestGoesOnWhereItWas()
    {
        await using var cluster = await StartAsync(1);
        await RulesOutAsync(cluster);
        var ended = cluster["a"].EndedCount;
        cluster["a"].Script = (_, command) => Task.FromResult(command[0] == "KV.DIGEST");

        await Eventually.HoldsAsync(() => cluster["a"].EndedCount > ended, "it is ended");
        Assert.True((await cluster.Client.MatchAsync(new[] { Unknown })).IsByDigest);
        cluster["a"].Script = null;
        var asked = cluster["a"].Digest!.Asked;

        await Eventually.HoldsAsync(() => cluster["a"].Digest!.Asked > asked, "it is asked again");
        Assert.Single(cluster["a"].Heard, heard => heard.Command[0] == "KV.DIGEST" && heard.Command[1] == "0000000000000000");
    }

    private async Task<ScriptedCluster> StartAsync(
        int silos, long bytes = 1 << 20, Func<Contracts.Cluster.MapPosition, ScriptedDigest>? digest = null, LogLines? logging = null)
    {
        var cluster = await ScriptedCluster.StartAsync(silos, options => options.DigestBytes = bytes, logging, _clock);
        foreach (var silo in cluster.Silos)
            silo.Digest = digest?.Invoke(cluster.Map.Position) ?? new(cluster.Map.Position);
        return cluster;
    }

    /// <summary>Waits until the digests of all silos are in force: of each a key is ruled out.</summary>
    private static async Task RulesOutAsync(ScriptedCluster cluster)
    {
        foreach (var silo in cluster.Silos)
        {
            var key = ScriptedCluster.KeysOf(cluster.Map, silo.Descriptor.Name, 1, "kv:nobody/");
            await Eventually.HoldsAsync(async () => (await cluster.Client.MatchAsync(key)).IsByDigest, "the digest is there");
        }
    }

    private static BlockKey[] Put(ScriptedCluster cluster, int count, int but = -1)
    {
        var chain = TestClient.Chain(count);
        for (var i = 0; i < count; i++)
        {
            if (i != but)
                cluster.HoldersOf(chain[i])[0].Put(TestClient.TextOf(chain[i]), new byte[1]);
        }

        return chain;
    }

    private static void Forget(ScriptedCluster cluster)
    {
        foreach (var silo in cluster.Silos)
            silo.Heard.Clear();
    }

    private static int Asked(ScriptedCluster cluster) => cluster.Silos.Sum(silo => silo.Heard.Count(heard => heard.Command[0] == "KV.MATCH"));

    private static IEnumerable<string> AskedKeys(ScriptedCluster cluster) =>
        cluster.Silos.SelectMany(silo => silo.Heard.Where(heard => heard.Command[0] == "KV.MATCH").SelectMany(heard => heard.Command[2..]));
}
