using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Matching;

/// <summary>Matches that silos are asked for which may not serve, or do not know the map.</summary>
public sealed class UnsureSiloTests
{
    [Theory]
    [InlineData("c", true)]
    [InlineData("none", false)]
    public async Task MatchAsync_TheOwnerMayNotServe_TheOthersAreAskedAndNobodyIsWarned(string holder, bool isComplete)
    {
        var log = new LogLines();
        await using var cluster = await ScriptedCluster.StartAsync(3, logging: log);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "abc", 2);
        Refuse(cluster["a"]);
        cluster["b"].ElsewhereMap = cluster["c"].ElsewhereMap = 1;
        if (holder == "c")
            Fill(cluster["c"], keys);

        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.Equal((isComplete ? 2 : 0, isComplete), (match.Blocks.Count, match.IsComplete));
        Assert.Empty(log.Of("refused a match"));
    }

    [Fact]
    public async Task MatchAsync_TheOwnerIsGoneAndACopysSiloMayNotServe_IsNotComplete()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "abc", 1);
        cluster["b"].ElsewhereMap = 1;
        Refuse(cluster["c"]);
        cluster["a"].Dispose();

        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.Empty(match.Blocks);
        Assert.False(match.IsComplete);
    }

    [Fact]
    public async Task MatchAsync_TheOnlySiloMayNotServe_IsNotComplete()
    {
        var log = new LogLines();
        await using var cluster = await ScriptedCluster.StartAsync(1, logging: log);
        Refuse(cluster["a"]);

        await using var match = await cluster.Client.MatchAsync(TestClient.Chain(3));

        Assert.Empty(match.Blocks);
        Assert.False(match.IsComplete);
        Assert.Empty(log.Of("refused a match"));
    }

    [Fact]
    public async Task MatchAsync_TheOwnerHasAnOlderMapAndCannotSay_IsNotComplete()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "ab", 1);
        cluster["a"].ElsewhereMap = cluster["b"].ElsewhereMap = 1;
        cluster.Control.Map = ScriptedControlPlane.MapOf(7, [.. cluster.Map.Silos]);
        await cluster.Client.GetMapAsync();

        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.Empty(match.Blocks);
        Assert.False(match.IsComplete);
    }

    private static void Refuse(ScriptedSilo silo) => silo.Script = async (connection, command) =>
    {
        if (command[0] == "KV.MATCH")
            await connection.SendAsync("-TRYAGAIN this silo may not serve now\r\n");
        return command[0] == "KV.MATCH";
    };

    private static void Fill(ScriptedSilo silo, BlockKey[] keys)
    {
        foreach (var key in keys)
            silo.Put(TestClient.TextOf(key), [1, 2]);
    }
}
