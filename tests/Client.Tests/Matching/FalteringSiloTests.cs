using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;

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
        foreach (var key in keys)
            cluster["c"].Put(TestClient.TextOf(key), [1, 2]);
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

    private static int Questions(ScriptedSilo silo) => silo.Heard.Count(heard => heard.Command[0] == "KV.MATCH");
}
