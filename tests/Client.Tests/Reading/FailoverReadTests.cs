using System.Diagnostics;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Hedging;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;

namespace KvOrleans.Client.Tests.Reading;

public sealed class FailoverReadTests
{
    [Fact]
    public async Task ReadAsync_OwnerRefuses_ReadsFromTheNext()
    {
        using var next = new ScriptedSilo("b");
        var map = ScriptedControlPlane.MapOf(1, ScriptedCluster.Refusing("a"), next.Descriptor);
        await using var client = TestClient.Of(new() { Map = map });
        await client.WaitUntilReadyAsync(TestClient.Long);
        var payload = TestClient.Bytes(1000);
        foreach (var key in ScriptedCluster.KeysOf(map, "ab", 20))
        {
            next.Put(TestClient.TextOf(key), payload);
            Assert.True((await client.ReadAsync(key, new byte[1000])).IsHit);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public async Task ReadAsync_OwnerIsGone_ReadsTheCopyWhereverItIs(int rank)
    {
        await using var cluster = await ScriptedCluster.StartAsync(6);
        var key = ScriptedCluster.KeysOf(cluster.Map, "a", 1)[0];
        cluster.HoldersOf(key)[1 + rank].Put(TestClient.TextOf(key), [7]);
        cluster["a"].Dispose();

        Assert.True((await cluster.Client.ReadAsync(key, new byte[1])).IsHit);
    }

    [Fact]
    public async Task ReadAsync_OwnerIsGoneAndNobodyHasIt_IsAMissAfterEveryoneWasAskedOnce()
    {
        await using var cluster = await ScriptedCluster.StartAsync(10);
        var key = ScriptedCluster.KeysOf(cluster.Map, "a", 1)[0];
        cluster["a"].Dispose();

        Assert.Equal(BlockReadOutcome.Miss, (await cluster.Client.ReadAsync(key, new byte[1])).Outcome);
        Assert.Equal([0, 1, 1, 1, 1, 1, 1, 1, 0, 0], cluster.HoldersOf(key).Select(Gets));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60_000)]
    public async Task ReadAsync_OwnerBreaksOff_ReadsFromTheNext(int sent)
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var key = ScriptedCluster.KeysOf(cluster.Map, "ab", 1)[0];
        var version = cluster["a"].Put(TestClient.TextOf(key), TestClient.Bytes(100_000, seed: 1));
        var payload = TestClient.Bytes(100_000, seed: 2);
        cluster["b"].Put(TestClient.TextOf(key), payload);
        cluster["a"].Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET")
                return false;
            await connection.SendAsync(ScriptedSilo.Block(version, TestClient.Bytes(100_000, seed: 1)).AsMemory(0, sent));
            connection.Dispose();
            return true;
        };
        var destination = new byte[100_000];

        Assert.True((await cluster.Client.ReadAsync(key, destination)).IsHit);
        Assert.Equal(payload, destination);
    }

    [Theory]
    [InlineData("-TRYAGAIN not now\r\n")]
    [InlineData("-BUSY try again\r\n")]
    public async Task ReadAsync_OwnerRefusesTheRequest_ReadsFromTheNext(string refusal)
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var key = ScriptedCluster.KeysOf(cluster.Map, "ab", 1)[0];
        cluster["b"].Put(TestClient.TextOf(key), [7]);
        cluster["a"].Script = (connection, command) => Reply(connection, command, refusal);

        Assert.True((await cluster.Client.ReadAsync(key, new byte[1])).IsHit);
    }

    [Fact]
    public async Task ReadAsync_OwnerIsSilent_TheNextWinsAndTheOwnersLateReplyTouchesNothing()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var key = ScriptedCluster.KeysOf(cluster.Map, "ab", 1)[0];
        var payload = TestClient.Bytes(100_000, seed: 2);
        var version = cluster["b"].Put(TestClient.TextOf(key), payload);
        var returned = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        cluster["a"].Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET")
                return false;
            await returned.Task;
            await TrySendAsync(connection, ScriptedSilo.Block(version, TestClient.Bytes(100_000, seed: 1)));
            await connection.WaitForEndAsync();
            ended.SetResult();
            return true;
        };
        var destination = new byte[100_000];

        var read = await cluster.Client.ReadAsync(key, destination);
        returned.SetResult();
        await ended.Task.WaitAsync(TestClient.Long);

        Assert.Equal(new BlockRead(BlockReadOutcome.Hit, version, 100_000), read);
        Assert.Equal(payload, destination);
    }

    [Fact]
    public async Task ReadAsync_OwnerAnswersAfterTheNextWasAsked_OwnerWinsAndTheNextTouchesNothing()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var key = ScriptedCluster.KeysOf(cluster.Map, "ab", 1)[0];
        var payload = TestClient.Bytes(100_000, seed: 1);
        var version = cluster["a"].Put(TestClient.TextOf(key), payload);
        var asked = new TaskCompletionSource();
        var returned = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        cluster["a"].Script = async (_, command) =>
        {
            if (command[0] == "KV.GET")
                await asked.Task;
            return false;
        };
        cluster["b"].Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET")
                return false;
            asked.TrySetResult();
            await returned.Task;
            await TrySendAsync(connection, ScriptedSilo.Block(version, TestClient.Bytes(100_000, seed: 2)));
            await connection.WaitForEndAsync();
            ended.SetResult();
            return true;
        };
        var destination = new byte[100_000];

        var read = await cluster.Client.ReadAsync(key, destination);
        returned.SetResult();
        await ended.Task.WaitAsync(TestClient.Long);

        Assert.True(read.IsHit);
        Assert.Equal(payload, destination);
    }

    [Fact]
    public async Task ReadAsync_NextDoesNotHaveItEither_OwnerIsWaitedFor()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var key = ScriptedCluster.KeysOf(cluster.Map, "ab", 1)[0];
        cluster["a"].Put(TestClient.TextOf(key), [7]);
        var asked = new TaskCompletionSource();
        cluster["a"].Script = async (_, command) =>
        {
            if (command[0] == "KV.GET")
                await asked.Task;
            return false;
        };
        cluster["b"].Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET")
                return false;
            await connection.SendAsync("*-1\r\n");
            asked.TrySetResult();
            return true;
        };

        Assert.True((await cluster.Client.ReadAsync(key, new byte[1])).IsHit);
    }

    [Fact]
    public async Task ReadAsync_NoBudgetForAHedge_GoesOnWhenTheOwnerHasBeenSilentForLong()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var key = ScriptedCluster.KeysOf(cluster.Map, "ab", 1)[0];
        cluster["b"].Put(TestClient.TextOf(key), [7]);
        cluster["a"].Script = (_, command) => Task.FromResult(command[0] == "KV.GET");
        var watch = Stopwatch.StartNew();

        Assert.True((await cluster.Client.ReadAsync(key, new byte[HedgeBudget.Burst + 1])).IsHit);

        Assert.InRange(watch.Elapsed, ConnectionPool.SuspectAfter - SilenceClock.Period, TestClient.Soon);
    }

    [Fact]
    public async Task ReadAsync_OwnerStaysSilent_IsPassedOverUntilItAnswersAgain()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var key = ScriptedCluster.KeysOf(cluster.Map, "ab", 1)[0];
        cluster["a"].Put(TestClient.TextOf(key), [7]);
        cluster["b"].Put(TestClient.TextOf(key), [7]);
        cluster["a"].Script = (_, _) => Task.FromResult(true);

        await Eventually.HoldsAsync(
            async () =>
            {
                var before = Gets(cluster["a"]);
                Assert.True((await cluster.Client.ReadAsync(key, new byte[1])).IsHit);
                return Gets(cluster["a"]) == before;
            }, "the silent owner is not asked");
        cluster["a"].Script = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                var before = Gets(cluster["a"]);
                Assert.True((await cluster.Client.ReadAsync(key, new byte[1])).IsHit);
                return Gets(cluster["a"]) > before;
            }, "the owner is asked again");
    }

    [Fact]
    public async Task ReadAsync_OneConnectionAndItIsStuck_WaitersGoOnToTheNext()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2, options => options.ConnectionsPerSilo = 1);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "ab", 20);
        foreach (var key in keys)
            cluster["b"].Put(TestClient.TextOf(key), [7]);
        cluster["a"].Script = (_, _) => Task.FromResult(true);
        var watch = Stopwatch.StartNew();

        var reads = await Task.WhenAll(keys.Select(key => cluster.Client.ReadAsync(key, new byte[1]).AsTask()));

        Assert.All(reads, read => Assert.True(read.IsHit));
        // Not even as long as it takes to find that a new connection is silent too.
        Assert.True(watch.Elapsed < SiloDialer.Timeout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAsync_Register_IsAskedOfItsOwnerAlone(bool breaks)
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var key = ScriptedCluster.KeysOf(cluster.Map, "ab", 1, prefix: "register")[0];
        cluster["b"].Put(TestClient.TextOf(key), [7]);
        cluster["a"].Script = (connection, command) =>
        {
            if (breaks && command[0] == "KV.GET")
                connection.Dispose();
            return Task.FromResult(command[0] == "KV.GET");
        };

        var read = await cluster.Client.ReadAsync(key, new byte[1], TestClient.Moderate);

        Assert.Equal(breaks ? BlockReadOutcome.Unavailable : BlockReadOutcome.DeadlineExceeded, read.Outcome);
        Assert.Equal(0, Gets(cluster["b"]));
    }

    [Fact]
    public async Task ReadAsync_KeyHasMoved_IsReadFromTheNewOwner()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        using var added = new ScriptedSilo("c");
        var map = ScriptedControlPlane.MapOf(2, cluster["a"].Descriptor, cluster["b"].Descriptor, added.Descriptor);
        var key = ScriptedCluster.KeysOf(map, "c", 1)[0];
        added.Put(TestClient.TextOf(key), [7]);
        cluster.HoldersOf(key)[0].Script = (connection, command) =>
        {
            cluster.Control.Map = map;
            return Reply(connection, command, "-NOTOWNER 2\r\n");
        };

        Assert.True((await cluster.Client.ReadAsync(key, new byte[1])).IsHit);
    }

    [Fact]
    public async Task ReadAsync_EverybodyIsSilent_EndsAtItsDeadline()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var key = ScriptedCluster.KeysOf(cluster.Map, "abc", 1)[0];
        foreach (var silo in cluster.HoldersOf(key))
            silo.Script = (_, _) => Task.FromResult(true);
        var watch = Stopwatch.StartNew();

        var read = await cluster.Client.ReadAsync(key, new byte[1], TestClient.Short);

        Assert.Equal(BlockReadOutcome.DeadlineExceeded, read.Outcome);
        Assert.InRange(watch.Elapsed, TestClient.Short / 2, TestClient.Soon);
    }

    private static int Gets(ScriptedSilo silo) => silo.Heard.Count(heard => heard.Command[0] == "KV.GET");

    private static async Task TrySendAsync(ScriptedConnection connection, byte[] bytes)
    {
        try
        {
            await connection.SendAsync(bytes);
        }
        catch (IOException)
        {
            // The client has ended the connection, as it should.
        }
    }

    private static async Task<bool> Reply(ScriptedConnection connection, string[] command, string reply)
    {
        if (command[0] != "KV.GET")
            return false;
        await connection.SendAsync(reply);
        return true;
    }
}
