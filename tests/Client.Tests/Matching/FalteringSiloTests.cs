using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;

namespace KvOrleans.Client.Tests.Matching;

/// <summary>Matches whose blocks lie on a silo that is reached and gives no answer at first, while their owner is gone.</summary>
public sealed class FalteringSiloTests
{
    [Theory]
    [InlineData("refuses", 1)]
    [InlineData("refuses", 3)]
    [InlineData("hangs up", 1)]
    [InlineData("falls silent", 1)]
    public async Task MatchAsync_TheHolderFaltersAndIsBack_NothingIsCutOff(string how, int times)
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "abc", 3);
        Falter(cluster["c"], how, times);
        Fill(cluster["c"], keys);
        cluster["a"].Dispose();

        await using var match = await cluster.Client.MatchAsync(keys, deadline: TestClient.Long);

        Assert.Equal((3, true), (match.Blocks.Count, match.IsComplete));
    }

    [Fact]
    public async Task MatchAsync_TheHolderGoesOnRefusing_ItIsAskedFourTimes()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "abc", 3);
        Falter(cluster["c"], "refuses", int.MaxValue);
        cluster["a"].Dispose();

        await using var match = await cluster.Client.MatchAsync(keys, deadline: TestClient.Long);

        Assert.Equal((0, false), (match.Blocks.Count, match.IsComplete));
        Assert.Equal(4, Questions(cluster["c"]));
    }

    [Fact]
    public async Task MatchAsync_TheHolderHasRefusedForLong_IsNotWaitedForUntilItAnswers()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "abc", 3);
        Falter(cluster["c"], "refuses", int.MaxValue);
        cluster["a"].Dispose();
        await Eventually.HoldsAsync(async () => await QuestionsOfAMatchAsync() == 1, "it is asked once");

        cluster["c"].Script = null;
        Assert.Equal(1, await QuestionsOfAMatchAsync());
        Falter(cluster["c"], "refuses", int.MaxValue);
        Assert.NotEqual(1, await QuestionsOfAMatchAsync());

        async Task<int> QuestionsOfAMatchAsync()
        {
            var before = Questions(cluster["c"]);
            await using var match = await cluster.Client.MatchAsync(keys, deadline: TestClient.Long);
            return Questions(cluster["c"]) - before;
        }
    }

    [Theory]
    [InlineData("-ERR no such thing\r\n")]
    [InlineData("what\r\n")]
    public async Task MatchAsync_TheHolderWillNotAnswerOtherwise_ItIsAskedOnce(string reply)
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "abc", 3);
        cluster["c"].Script = async (connection, command) =>
        {
            if (command[0] == "KV.MATCH")
                await connection.SendAsync(reply);
            return command[0] == "KV.MATCH";
        };
        cluster["a"].Dispose();

        await using var match = await cluster.Client.MatchAsync(keys, deadline: TestClient.Long);

        Assert.Empty(match.Blocks);
        Assert.Equal(1, Questions(cluster["c"]));
    }

    [Fact]
    public async Task MatchAsync_TheHolderRefuses_WhoHasAnsweredIsNotAskedAgain()
    {
        await using var cluster = await ScriptedCluster.StartAsync(4);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "abcd", 3);
        Falter(cluster["c"], "refuses", 1);
        Fill(cluster["c"], keys);
        cluster["a"].Dispose();

        await using var match = await cluster.Client.MatchAsync(keys, deadline: TestClient.Long);

        Assert.Equal(3, match.Blocks.Count);
        Assert.Equal((1, 2), (Questions(cluster["b"]), Questions(cluster["c"])));
        Assert.InRange(Questions(cluster["d"]), 0, 1);
    }

    [Fact]
    public async Task MatchAsync_TheOwnerWouldNotSayAndAnotherFaltered_IsNotComplete()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "abc", 3);
        cluster["a"].Script = async (connection, command) =>
        {
            if (command[0] == "KV.MATCH")
                await connection.SendAsync("-ERR no such thing\r\n");
            return command[0] == "KV.MATCH";
        };
        Falter(cluster["c"], "hangs up", 1);

        await using var match = await cluster.Client.MatchAsync(keys, deadline: TestClient.Long);

        Assert.Equal((0, false), (match.Blocks.Count, match.IsComplete));
        Assert.Equal((1, 2), (Questions(cluster["a"]), Questions(cluster["c"])));
    }

    [Fact]
    public async Task MatchAsync_WhatWasFoundBeforeTheHolderHungUp_IsLeasedOnItsNewConnection()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "cab", 1).Concat(ScriptedCluster.KeysOf(cluster.Map, "abc", 2)).ToArray();
        Fill(cluster["c"], keys);
        var asked = 0;
        cluster["c"].Script = (connection, command) =>
        {
            // The first question is for its own key, the second for those whose owner is gone.
            if (command[0] != "KV.MATCH" || Interlocked.Increment(ref asked) != 2)
                return Task.FromResult(false);
            connection.Dispose();
            return Task.FromResult(true);
        };
        cluster["a"].Dispose();

        await using var match = await cluster.Client.MatchAsync(keys, TestClient.Long, TestClient.Long);

        Assert.Equal((3, 3), (match.Blocks.Count, match.LeasedBlocks));
        Assert.Equal(3, await match.ExtendAsync(TestClient.Long));
        Assert.Equal(2, cluster["c"].Heard.Count(heard => heard.Command[0] == "KV.MATCH" && heard.Command.Contains(TestClient.TextOf(keys[0]))));
    }

    [Fact]
    public async Task MatchAsync_ThePauseDoesNotFitTheDeadline_IsNotWaitedFor()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "abc", 3);
        Falter(cluster["c"], "refuses", int.MaxValue);
        cluster["a"].Dispose();

        await using var match = await cluster.Client.MatchAsync(keys, deadline: TimeSpan.FromMilliseconds(60));

        Assert.Empty(match.Blocks);
        Assert.InRange(Questions(cluster["c"]), 0, 1);
    }

    [Fact]
    public async Task MatchAsync_TheOwnerIsGoneAndTheOthersAnswer_NobodyIsAskedTwice()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "abc", 3);
        cluster["a"].Dispose();

        await using var match = await cluster.Client.MatchAsync(keys, deadline: TestClient.Long);

        Assert.Equal((0, true), (match.Blocks.Count, match.IsComplete));
        Assert.Equal((1, 1), (Questions(cluster["b"]), Questions(cluster["c"])));
    }

    private static void Falter(ScriptedSilo silo, string how, int times)
    {
        var left = times;
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.MATCH" || Interlocked.Decrement(ref left) < 0)
                return false;
            if (how == "refuses")
                await connection.SendAsync("-TRYAGAIN this silo may not serve now\r\n");
            else if (how == "hangs up")
                connection.Dispose();
            return true;
        };
    }

    private static void Fill(ScriptedSilo silo, IEnumerable<BlockKey> keys)
    {
        foreach (var key in keys)
            silo.Put(TestClient.TextOf(key), [1, 2]);
    }

    private static int Questions(ScriptedSilo silo) => silo.Heard.Count(heard => heard.Command[0] == "KV.MATCH");
}
