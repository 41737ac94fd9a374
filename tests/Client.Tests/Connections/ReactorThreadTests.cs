using System.Text;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Wire.Sockets;

namespace KvOrleans.Client.Tests.Connections;

/// <summary>Nothing of the caller's runs on a reactor's thread: not what follows its awaits, not its logger, not its meter listeners.</summary>
public sealed class ReactorThreadTests : IDisposable
{
    private static readonly BlockKey Key = BlockKey.From("kv:m/0000");

    private readonly ReactorWitness _witness = new();

    // All of these run far from the test's synchronization context, which would hide it.
    [Theory]
    [InlineData("ready")]
    [InlineData("match")]
    [InlineData("read")]
    [InlineData("read of a match")]
    [InlineData("stream of a match")]
    [InlineData("part")]
    [InlineData("write")]
    [InlineData("write of many")]
    [InlineData("get or compute")]
    [InlineData("release")]
    [InlineData("map")]
    [InlineData("status")]
    [InlineData("inspect")]
    [InlineData("explain")]
    [InlineData("hot blocks")]
    [InlineData("invalidate")]
    public Task Call_Ends_ItsCallerGoesOnElsewhere(string call) => Task.Run(async () =>
    {
        using var silo = new ScriptedSilo();
        await using var client = await ConnectAsync(silo).ConfigureAwait(false);
        silo.Put("kv:m/0000", TestClient.Bytes(300_000));
        var destinations = new Memory<byte>[] { new byte[300_000] };
        for (var i = 0; i < 50; i++)
        {
            var match = await client.MatchAsync(TestClient.Chain(1)).ConfigureAwait(false);
            await CallAsync(client, call, match, destinations).ConfigureAwait(false);
            Assert.False(SocketReactor.IsOnThread);
        }

        Assert.Null(_witness.OnReactor);
    });

    [Theory]
    [InlineData("next wins", false)]
    [InlineData("owner wins", false)]
    [InlineData("next has nothing", false)]
    [InlineData("owner refuses", false)]
    [InlineData("owner breaks off", false)]
    [InlineData("owner is gone", false)]
    [InlineData("next wins", true)]
    [InlineData("owner wins", true)]
    [InlineData("next has nothing", true)]
    [InlineData("owner refuses", true)]
    [InlineData("owner breaks off", true)]
    [InlineData("owner is gone", true)]
    public Task Read_TwoSilosAreAsked_ItsCallerAndItsLogAreElsewhere(string how, bool isMatch) => Task.Run(async () =>
    {
        const int Length = 300_000;
        await using var cluster = await ScriptedCluster.StartAsync(2, logging: _witness).ConfigureAwait(false);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "ab", 1);
        var text = Encoding.Latin1.GetString(keys[0].Span);
        var version = cluster["a"].Put(text, TestClient.Bytes(Length));
        if (how != "next has nothing")
            cluster["b"].Blocks[text] = cluster["a"].Blocks[text];
        var asked = new SemaphoreSlim(0);
        var match = await cluster.Client.MatchAsync(keys).ConfigureAwait(false);
        cluster["a"].Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET" || how == "owner is gone")
                return false;
            if (how == "next wins")
                return true;
            if (how == "owner refuses")
                await connection.SendAsync("-BUSY try again\r\n");
            if (how == "owner breaks off")
            {
                await connection.SendAsync(ScriptedSilo.Block(version, TestClient.Bytes(Length)).AsMemory(0, Length / 2));
                connection.Dispose();
            }

            if (how is not ("owner wins" or "next has nothing"))
                return true;
            await asked.WaitAsync(TestClient.Long);
            return false;
        };
        cluster["b"].Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET")
                return false;
            if (how == "next has nothing")
                await connection.SendAsync("*-1\r\n");
            asked.Release();
            return how == "next has nothing";
        };
        if (how == "owner is gone")
            cluster["a"].Dispose();

        for (var i = 0; i < 5; i++)
        {
            if (isMatch)
                Assert.Equal(1, await cluster.Client.ReadAsync(match, new Memory<byte>[] { new byte[Length] }).ConfigureAwait(false));
            else
                Assert.True((await cluster.Client.ReadAsync(keys[0], new byte[Length]).ConfigureAwait(false)).IsHit);
            Assert.False(SocketReactor.IsOnThread);
        }

        Assert.Null(_witness.OnReactor);
    });

    [Theory]
    [InlineData("read")]
    [InlineData("read of a match")]
    [InlineData("write")]
    [InlineData("status")]
    public Task Callers_StayBehindTheirCalls_OthersGoOn(string call) => Task.Run(async () =>
    {
        using var silo = new ScriptedSilo();
        await using var client = await ConnectAsync(silo).ConfigureAwait(false);
        silo.Put("kv:m/0000", TestClient.Bytes(300_000));
        var match = await client.MatchAsync(TestClient.Chain(1)).ConfigureAwait(false);
        var released = new TaskCompletionSource();
        using var arrived = new SemaphoreSlim(0);
        // More than a reactor has threads.
        var stays = Enumerable.Range(0, 9).Select(_ => Task.Run(() => CallAndStayAsync(client, call, match, arrived, released.Task))).ToArray();
        foreach (var _ in stays)
            Assert.True(await arrived.WaitAsync(TestClient.Long).ConfigureAwait(false));

        Assert.True((await client.ReadAsync(Key, new byte[300_000]).ConfigureAwait(false)).IsHit);
        released.SetResult();
        await Task.WhenAll(stays).ConfigureAwait(false);
    });

    [Theory]
    [InlineData("-ERR no\r\n")]
    [InlineData("*3\r\n+x")]
    [InlineData("what\r\n")]
    public Task Call_Fails_ItsCallerAndItsLogAreElsewhere(string reply) => Task.Run(async () =>
    {
        using var silo = new ScriptedSilo();
        await using var client = await ConnectAsync(silo).ConfigureAwait(false);
        silo.Put("kv:m/0000", TestClient.Bytes(100));
        var match = await client.MatchAsync(TestClient.Chain(1)).ConfigureAwait(false);
        silo.Script = async (connection, command) =>
        {
            if (command[0] is not ("KV.GET" or "KV.SET"))
                return false;
            await connection.SendAsync(reply);
            if (!reply.EndsWith('\n'))
                connection.Dispose();
            return true;
        };

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(BlockReadOutcome.Unavailable, (await client.ReadAsync(Key, new byte[100]).ConfigureAwait(false)).Outcome);
            Assert.False(SocketReactor.IsOnThread);
            Assert.Equal(0, await client.ReadAsync(match, new Memory<byte>[] { new byte[100] }).ConfigureAwait(false));
            Assert.False(SocketReactor.IsOnThread);
            Assert.False((await client.WriteAsync(Key, new byte[100]).ConfigureAwait(false)).IsStored);
            Assert.False(SocketReactor.IsOnThread);
        }

        Assert.Null(_witness.OnReactor);
        Assert.NotEqual(0, _witness.Heard);
    });

    public void Dispose() => _witness.Dispose();

    private static async Task CallAsync(PrefixCacheClient client, string call, PrefixMatch match, Memory<byte>[] destinations)
    {
        switch (call)
        {
            case "ready":
                await client.WaitUntilReadyAsync(TestClient.Long).ConfigureAwait(false);
                break;
            case "match":
                Assert.Single(match.Blocks);
                break;
            case "read":
                Assert.True((await client.ReadAsync(Key, destinations[0]).ConfigureAwait(false)).IsHit);
                break;
            case "read of a match":
                Assert.Equal(1, await client.ReadAsync(match, destinations).ConfigureAwait(false));
                break;
            case "stream of a match":
                await foreach (var _ in client.ReadEachAsync(match, destinations).ConfigureAwait(false))
                    Assert.False(SocketReactor.IsOnThread);
                break;
            case "part":
                Assert.True((await client.ReadAsync(match, 0, 100, destinations[0][..100_000]).ConfigureAwait(false)).IsHit);
                break;
            case "write of many":
                var writes = await client.WriteAsync(new[] { Key, Key }, new ReadOnlyMemory<byte>[] { destinations[0], destinations[0] }).ConfigureAwait(false);
                Assert.All(writes, write => Assert.Equal(BlockWriteOutcome.Conflict, write.Outcome));
                break;
            case "get or compute":
                await client.GetOrComputeAsync(new[] { Key, BlockKey.From(Guid.NewGuid().ToString()) }, new[] { destinations[0], destinations[0] }, (_, _) =>
                {
                    Assert.False(SocketReactor.IsOnThread);
                    return ValueTask.CompletedTask;
                }).ConfigureAwait(false);
                break;
            case "write":
                Assert.Equal(BlockWriteOutcome.Conflict, (await client.WriteAsync(Key, destinations[0]).ConfigureAwait(false)).Outcome);
                break;
            case "release":
                await client.ReleaseAsync(match).ConfigureAwait(false);
                break;
            case "map":
                Assert.Single((await client.GetMapAsync().ConfigureAwait(false)).Silos);
                break;
            case "status":
                Assert.True((await client.GetStatusAsync().ConfigureAwait(false))[0].Reached);
                break;
            case "inspect":
                Assert.Null(await client.InspectAsync(Key).ConfigureAwait(false));
                break;
            // The scripted silo knows neither: what counts is where the call ends.
            case "explain":
                Assert.Single(await client.ExplainAsync(new[] { Key }).ConfigureAwait(false));
                break;
            case "hot blocks":
                Assert.Single(await client.GetHotBlocksAsync().ConfigureAwait(false));
                break;
            default:
                Assert.True(await client.InvalidateAsync(Key).ConfigureAwait(false));
                break;
        }
    }

    private static async Task CallAndStayAsync(PrefixCacheClient client, string call, PrefixMatch match, SemaphoreSlim arrived, Task released)
    {
        await CallAsync(client, call, match, [new byte[300_000]]).ConfigureAwait(false);
        arrived.Release();
        released.Wait(TestClient.Long);
    }

    private async Task<PrefixCacheClient> ConnectAsync(ScriptedSilo silo)
    {
        var client = TestClient.Of(new() { Map = ScriptedControlPlane.MapOf(1, silo.Descriptor), Decision = new(DecisionOutcome.Accepted, default) }, logging: _witness);
        await client.WaitUntilReadyAsync(TestClient.Long).ConfigureAwait(false);
        return client;
    }
}
