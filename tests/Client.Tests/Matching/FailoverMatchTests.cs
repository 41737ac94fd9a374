using System.Diagnostics;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;

namespace KvOrleans.Client.Tests.Matching;

public sealed class FailoverMatchTests
{
    [Fact]
    public async Task MatchAsync_OwnerRefuses_IsAskedOfTheNextAndLeasedThere()
    {
        using var next = new ScriptedSilo("b");
        var map = ScriptedControlPlane.MapOf(1, ScriptedCluster.Refusing("a"), next.Descriptor);
        await using var client = TestClient.Of(new() { Map = map });
        await client.WaitUntilReadyAsync(TestClient.Long);
        BlockKey[] keys = [.. ScriptedCluster.KeysOf(map, "ab", 3), .. ScriptedCluster.KeysOf(map, "ba", 3)];
        Fill(next, keys);

        var match = await client.MatchAsync(keys);
        await client.ReleaseAsync(match);

        Assert.Equal(6, match.Blocks.Count);
        Assert.True(match.IsComplete);
        var asked = Count(next, "KV.MATCH");
        Assert.InRange(asked, 1, 2);
        Assert.Equal(asked, Count(next, "KV.RELEASE"));
    }

    [Fact]
    public async Task MatchAsync_OwnerIsSilent_TheNextIsAskedAndTheLateLeaseIsReleased()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        BlockKey[] keys = [.. ScriptedCluster.KeysOf(cluster.Map, "ab", 3), .. ScriptedCluster.KeysOf(cluster.Map, "ba", 3)];
        Fill(cluster["a"], keys);
        Fill(cluster["b"], keys);
        var returned = new TaskCompletionSource();
        cluster["a"].Script = async (_, command) =>
        {
            if (command[0] == "KV.MATCH")
                await returned.Task;
            return false;
        };

        await using var match = await cluster.Client.MatchAsync(keys);
        returned.SetResult();

        Assert.Equal(6, match.Blocks.Count);
        Assert.Equal(cluster["b"].Blocks[TestClient.TextOf(keys[0])].Version, match.Blocks[0].Version);
        Assert.Equal(0, Count(cluster["b"], "KV.RELEASE"));
        // On a busy machine the silent connection may have been given up before, and the lease with it.
        await Eventually.HoldsAsync(() => Count(cluster["a"], "KV.RELEASE") == 1 || cluster["a"].EndedCount > 0, "the late lease is released");
    }

    [Fact]
    public async Task MatchAsync_AHandoffIsUnderWay_TheNamedAreAskedForWhatIsMissing()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "abc", 6);
        Fill(cluster["a"], keys[..2]);
        Fill(cluster["c"], keys[2..]);
        cluster["a"].ElsewhereMap = 1;
        cluster["a"].Others = Named(cluster["c"].Descriptor.DataPlane.ToString(), "127.0.0.1:1234");

        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.Equal(6, match.Blocks.Count);
        Assert.Equal(keys[2..].Select(TestClient.TextOf), Assert.Single(cluster["c"].Heard, heard => heard.Command[0] == "KV.MATCH").Command[2..]);
        Assert.Equal(0, Count(cluster["b"], "KV.MATCH"));
        await cluster.Client.ReleaseAsync(match);
        Assert.Equal(1, Count(cluster["a"], "KV.RELEASE"));
        Assert.Equal(1, Count(cluster["c"], "KV.RELEASE"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task MatchAsync_SiloHasANewerMap_TheOwnerInItIsAsked(int silos)
    {
        await using var cluster = await ScriptedCluster.StartAsync(silos);
        using var added = new ScriptedSilo("z");
        var map = ScriptedControlPlane.MapOf(2, [.. cluster.Map.Silos, added.Descriptor]);
        var keys = ScriptedCluster.KeysOf(map, "z", 4);
        Fill(added, keys);
        foreach (var silo in cluster.Map.Silos)
        {
            cluster[silo.Name].ElsewhereMap = 2;
            cluster[silo.Name].Script = (_, _) =>
            {
                cluster.Control.Map = map;
                return Task.FromResult(false);
            };
        }

        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.Equal(4, match.Blocks.Count);
        Assert.True(match.IsComplete);
    }

    [Theory]
    [InlineData("+127.0.0.1:1234\r\n")]
    [InlineData("$14\r\n127.0.0.1:1234\r\n")]
    [InlineData("*1\r\n+127.0.0.1:1234\r\n")]
    [InlineData("*1\r\n$5\r\nplace\r\n")]
    public async Task MatchAsync_NamedSilosAreNoListOfEndpoints_TheSiloIsNotUnderstood(string others)
    {
        await using var cluster = await ScriptedCluster.StartAsync(1);
        var keys = TestClient.Chain(1);
        Fill(cluster["a"], keys);
        cluster["a"].Others = others;

        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.Empty(match.Blocks);
        Assert.False(match.IsComplete);
    }

    [Fact]
    public async Task MatchAsync_OwnerMayNotSay_AllAreAskedOnceAndItIsNotComplete()
    {
        await using var cluster = await ScriptedCluster.StartAsync(6);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "abc", 4);
        Fill(cluster["a"], keys[..2]);
        foreach (var silo in cluster.Map.Silos)
            cluster[silo.Name].ElsewhereMap = 1;

        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.Equal(2, match.Blocks.Count);
        Assert.False(match.IsComplete);
        Assert.All(cluster.Map.Silos, silo => Assert.Single(cluster[silo.Name].Heard, heard => heard.Command.Contains(TestClient.TextOf(keys[2]))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public async Task MatchAsync_OwnerIsGone_TheCopyIsFoundWhereverItIs(int rank)
    {
        await using var cluster = await GoneAsync(6);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "a", 1);
        Fill(cluster.HoldersOf(keys[0])[1 + rank], keys);

        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.Single(match.Blocks);
        Assert.True(match.IsComplete);
    }

    [Fact]
    public async Task MatchAsync_OwnerIsGoneAndNobodyElseHasIt_IsComplete()
    {
        await using var cluster = await GoneAsync(4);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "a", 2);
        Fill(cluster["c"], keys[..1]);

        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.Single(match.Blocks);
        Assert.True(match.IsComplete);
        Assert.All("bcd", name => Assert.Contains(TestClient.TextOf(keys[1]), cluster[name.ToString()].Heard.SelectMany(heard => heard.Command)));
    }

    [Fact]
    public async Task MatchAsync_OwnerIsGoneAndOneOfTheOthersRefuses_IsNotComplete()
    {
        await using var cluster = await GoneAsync(3);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "a", 1);
        cluster["c"].Script = async (connection, command) =>
        {
            if (command[0] == "KV.MATCH")
                await connection.SendAsync("-BUSY try again\r\n");
            return command[0] == "KV.MATCH";
        };

        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.False(match.IsComplete);
    }

    [Fact]
    public async Task MatchAsync_OwnerIsGoneAndOneOfTheOthersIsSilentBeyondTheDeadline_IsNotComplete()
    {
        await using var cluster = await GoneAsync(3);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "a", 1);
        cluster["c"].Script = (_, command) => Task.FromResult(command[0] == "KV.MATCH");

        await using var match = await cluster.Client.MatchAsync(keys, deadline: TestClient.Short);

        Assert.False(match.IsComplete);
    }

    [Fact]
    public async Task MatchAsync_TheNamedDoNotHaveIt_IsComplete()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "abc", 2);
        foreach (var silo in cluster.Map.Silos)
            cluster[silo.Name].ElsewhereMap = 1;
        cluster["a"].Others = Named(cluster["c"].Descriptor.DataPlane.ToString());

        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.Empty(match.Blocks);
        Assert.True(match.IsComplete);
    }

    [Fact]
    public async Task MatchAsync_NobodyAnswers_IsNotComplete()
    {
        await using var cluster = await GoneAsync(2);
        cluster["b"].Script = (connection, command) =>
        {
            connection.Dispose();
            return Task.FromResult(true);
        };

        await using var match = await cluster.Client.MatchAsync(TestClient.Chain(4), deadline: TestClient.Moderate);

        Assert.False(match.IsComplete);
    }

    [Fact]
    public async Task MatchAsync_KeysBehindAnAbsentOne_AreNotAskedElsewhere()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var split = ScriptedCluster.KeysOf(cluster.Map, "bc", 2);
        BlockKey[] keys = [split[0], .. ScriptedCluster.KeysOf(cluster.Map, "ab", 1), split[1]];
        Fill(cluster["c"], split);
        cluster["b"].ElsewhereMap = 1;
        cluster["b"].Script = async (_, command) =>
        {
            if (command[0] == "KV.MATCH")
                await cluster["a"].HearAsync(heard => heard[0] == "KV.MATCH");
            return false;
        };

        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.Single(match.Blocks);
        Assert.True(match.IsComplete);
        var asked = cluster["c"].Heard.SelectMany(heard => heard.Command).ToArray();
        Assert.Contains(TestClient.TextOf(split[0]), asked);
        Assert.DoesNotContain(TestClient.TextOf(split[1]), asked);
    }

    [Fact]
    public async Task MatchAsync_OwnerOfKeysBehindTheGapIsSilent_DoesNotWaitForIt()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        BlockKey[] keys = [.. ScriptedCluster.KeysOf(cluster.Map, "ab", 1), .. ScriptedCluster.KeysOf(cluster.Map, "ba", 2)];
        cluster["b"].Script = (_, command) => Task.FromResult(command[0] == "KV.MATCH");

        await using var match = await cluster.Client.MatchAsync(keys, deadline: TestClient.Long);

        Assert.Empty(match.Blocks);
        Assert.True(match.IsComplete);
        Assert.Equal(1, Count(cluster["a"], "KV.MATCH"));
    }

    [Fact]
    public async Task MatchAsync_Registers_AreAskedOfTheirOwnerAlone()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "ab", 2, prefix: "register");
        Fill(cluster["b"], keys);
        cluster["a"].ElsewhereMap = 1;

        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.Empty(match.Blocks);
        Assert.False(match.IsComplete);
        Assert.Equal(0, Count(cluster["b"], "KV.MATCH"));
    }

    [Fact]
    public async Task MatchAsync_AllAreSilent_EndsAtItsDeadline()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        foreach (var silo in cluster.Map.Silos)
            cluster[silo.Name].Script = (_, _) => Task.FromResult(true);
        var watch = Stopwatch.StartNew();

        await using var match = await cluster.Client.MatchAsync(TestClient.Chain(20), deadline: TestClient.Short);

        Assert.Empty(match.Blocks);
        Assert.False(match.IsComplete);
        Assert.InRange(watch.Elapsed, TestClient.Short / 2, TestClient.Soon);
    }

    /// <summary>A cluster whose silo a has just gone; the others do not own its keys.</summary>
    private static async Task<ScriptedCluster> GoneAsync(int count)
    {
        var cluster = await ScriptedCluster.StartAsync(count);
        foreach (var silo in cluster.Map.Silos)
            cluster[silo.Name].ElsewhereMap = 1;
        cluster["a"].Dispose();
        return cluster;
    }

    private static string Named(params string[] endpoints) =>
        $"*{endpoints.Length}\r\n{string.Concat(endpoints.Select(endpoint => $"${endpoint.Length}\r\n{endpoint}\r\n"))}";

    private static int Count(ScriptedSilo silo, string command) => silo.Heard.Count(heard => heard.Command[0] == command);

    private static void Fill(ScriptedSilo silo, BlockKey[] keys)
    {
        foreach (var key in keys)
            silo.Put(TestClient.TextOf(key), [1, 2]);
    }
}
