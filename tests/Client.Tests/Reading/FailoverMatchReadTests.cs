using KvOrleans.Client.Matching;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Reading;

public sealed class FailoverMatchReadTests
{
    private const int Length = 50_000;

    [Fact]
    public async Task ReadAsync_AnotherThanTheOwnerHasLeased_IsReadFromThere()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "ab", 5);
        cluster["a"].ElsewhereMap = 1;
        Fill(cluster["b"], keys, seed: 1);
        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.Equal(5, await cluster.Client.ReadAsync(match, Destinations(match)));

        Assert.Equal(5, Gets(cluster["b"]));
        Assert.Equal(0, Gets(cluster["a"]));
    }

    [Fact]
    public async Task ReadAsync_SiloBreaksOffInAPayload_ReadsTheRestFromTheOthers()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        BlockKey[] keys = [.. ScriptedCluster.KeysOf(cluster.Map, "ab", 6), .. ScriptedCluster.KeysOf(cluster.Map, "ac", 6)];
        Fill(cluster["a"], keys, seed: 1);
        Share(cluster["a"], cluster["b"], keys[..6], seed: 2);
        Share(cluster["a"], cluster["c"], keys[6..], seed: 2);
        await using var match = await cluster.Client.MatchAsync(keys);
        cluster["a"].Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET" || command[1] != TestClient.TextOf(keys[3]))
                return false;
            var (version, payload) = cluster["a"].Blocks[command[1]];
            await connection.SendAsync(ScriptedSilo.Block(version, payload).AsMemory(0, Length / 2));
            connection.Dispose();
            return true;
        };
        var destinations = Destinations(match);

        Assert.Equal(12, await cluster.Client.ReadAsync(match, destinations));

        for (var i = 0; i < keys.Length; i++)
            AssertWhole(destinations[i], mayBeOfTheFirst: i != 3);
    }

    [Fact]
    public async Task ReadAsync_SiloIsSilent_TheOthersWinAndItsLateReplyTouchesNothing()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        BlockKey[] keys = [.. ScriptedCluster.KeysOf(cluster.Map, "ab", 6), .. ScriptedCluster.KeysOf(cluster.Map, "ac", 6)];
        Fill(cluster["a"], keys, seed: 1);
        Share(cluster["a"], cluster["b"], keys[..6], seed: 2);
        Share(cluster["a"], cluster["c"], keys[6..], seed: 2);
        await using var match = await cluster.Client.MatchAsync(keys);
        var returned = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        cluster["a"].Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET" || command[1] != TestClient.TextOf(keys[2]))
                return false;
            await returned.Task;
            var (version, payload) = cluster["a"].Blocks[command[1]];
            try
            {
                await connection.SendAsync(ScriptedSilo.Block(version, payload));
            }
            catch (IOException)
            {
                // The client has ended the connection, as it should.
            }

            await connection.WaitForEndAsync();
            ended.SetResult();
            return true;
        };
        var destinations = Destinations(match);

        Assert.Equal(12, await cluster.Client.ReadAsync(match, destinations));
        returned.SetResult();
        await ended.Task.WaitAsync(TestClient.Long);

        for (var i = 0; i < keys.Length; i++)
            AssertWhole(destinations[i], mayBeOfTheFirst: i != 2);
    }

    [Fact]
    public async Task ReadAsync_SiloIsDeadAndNobodyElseHasOne_CutsThere()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "ab", 8);
        Fill(cluster["a"], keys, seed: 1);
        Share(cluster["a"], cluster["b"], keys[..5], seed: 1);
        await using var match = await cluster.Client.MatchAsync(keys);
        cluster["a"].Dispose();

        Assert.Equal(5, await cluster.Client.ReadAsync(match, Destinations(match)));
    }

    [Fact]
    public async Task ReadAsync_AllAreSilent_EndsAtItsDeadline()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "ab", 8);
        Fill(cluster["a"], keys, seed: 1);
        await using var match = await cluster.Client.MatchAsync(keys);
        cluster["a"].Script = (_, command) => Task.FromResult(command[0] == "KV.GET");
        cluster["b"].Script = cluster["a"].Script;
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Assert.Equal(0, await cluster.Client.ReadAsync(match, Destinations(match), TestClient.Short));

        Assert.InRange(watch.Elapsed, TestClient.Short / 2, TestClient.Soon);
    }

    /// <summary>On a machine that pauses, the client may ask another silo sooner than it must, or the first once more: never may it mix what they sent.</summary>
    private static void AssertWhole(Memory<byte> block, bool mayBeOfTheFirst)
    {
        if (!mayBeOfTheFirst || block.Span[0] != TestClient.Bytes(1, seed: 1)[0])
            Assert.Equal(TestClient.Bytes(Length, seed: 2), block.ToArray());
        else
            Assert.Equal(TestClient.Bytes(Length, seed: 1), block.ToArray());
    }

    private static int Gets(ScriptedSilo silo) => silo.Heard.Count(heard => heard.Command[0] == "KV.GET");

    private static void Fill(ScriptedSilo silo, BlockKey[] keys, int seed)
    {
        foreach (var key in keys)
            silo.Put(TestClient.TextOf(key), TestClient.Bytes(Length, seed));
    }

    /// <summary>Copies with other bytes, so that it can be told whose were read.</summary>
    private static void Share(ScriptedSilo from, ScriptedSilo to, BlockKey[] keys, int seed)
    {
        foreach (var key in keys)
            to.Blocks[TestClient.TextOf(key)] = (from.Blocks[TestClient.TextOf(key)].Version, TestClient.Bytes(Length, seed));
    }

    private static Memory<byte>[] Destinations(PrefixMatch match) => [.. match.Blocks.Select(block => new Memory<byte>(new byte[block.Length]))];
}
