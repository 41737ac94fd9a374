using System.Diagnostics;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Client.Tests.Writing;

public sealed class BatchWriteTests
{
    private const int MostAhead = 24;

    [Theory]
    [InlineData(1, 100)]
    [InlineData(200, 0)]
    [InlineData(200, 3000)]
    [InlineData(12, 400_000)]
    [InlineData(2, 5_000_000)]
    public async Task WriteAsync_SeveralSilos_EachHasItsOwnBlocks(int count, int length)
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        var keys = TestClient.Chain(count);
        var payloads = Payloads(count, length);

        var writes = await cluster.Client.WriteAsync(keys, payloads);

        Assert.Equal(count, writes.Count);
        for (var i = 0; i < count; i++)
        {
            var (version, bytes) = cluster.HoldersOf(keys[i])[0].Blocks[TestClient.TextOf(keys[i])];
            Assert.Equal(new BlockWrite(BlockWriteOutcome.Accepted, version), writes[i]);
            Assert.True(payloads[i].Span.SequenceEqual(bytes));
        }
    }

    [Fact]
    public async Task WriteAsync_OfAChain_EachNamesTheOneBeforeIt()
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        BlockKey[] keys = [.. TestClient.Chain(5), TestClient.Chain(5)[^1], BlockKey.From("register"), BlockKey.From("kv:other/1")];

        await cluster.Client.WriteAsync(keys, Payloads(keys.Length, 100), new() { Parent = BlockKey.From("kv:head"), Concern = WriteConcern.Replicated });

        var texts = keys.Select(TestClient.TextOf).ToList();
        var named = cluster.Silos.SelectMany(silo => silo.Heard).Where(heard => heard.Command[0] == "KV.SET")
            .Select(heard => (Key: heard.Command[1], Parent: heard.Command.Length == 9 && heard.Command[6] == "PARENT" ? heard.Command[7] : $"{heard.Command.Length}")).ToHashSet();
        Assert.Equal(
            [
                (texts[0], "kv:head"), (texts[1], texts[0]), (texts[2], texts[1]), (texts[3], texts[2]), (texts[4], texts[3]), (texts[4], "7"), ("register", "7"), ("kv:other/1", "7"),
            ],
            named.OrderBy(one => texts.IndexOf(one.Key)).ThenByDescending(one => one.Parent, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(100, 200, MostAhead)]
    [InlineData(3_000_000, 6, 2)]
    [InlineData(6_000_000, 4, 2)]
    public async Task WriteAsync_NothingIsAnswered_SendsSoMuchAhead(int length, int count, int ahead)
    {
        using var silo = new ScriptedSilo();
        await using var client = await OfOneConnectionAsync(silo);
        silo.Script = (_, command) => Task.FromResult(command[0] == "KV.SET");
        var ended = silo.EndedCount;

        var writes = await client.WriteAsync(TestClient.Chain(count), Payloads(count, length), deadline: TestClient.Moderate);

        Assert.All(writes, write => Assert.Equal(BlockWriteOutcome.DeadlineExceeded, write.Outcome));
        await Probes.Eventually.HoldsAsync(() => silo.EndedCount > ended, "the connection is read to its end");
        Assert.Equal(ahead, silo.Heard.Count(heard => heard.Command[0] == "KV.SET"));
    }

    [Fact]
    public async Task WriteAsync_MuchToWrite_UsesSeveralConnections()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var first = 0;
        var second = new TaskCompletionSource();
        silo.Script = async (connection, command) =>
        {
            // Nothing is answered before another connection has written too.
            if (command[0] == "KV.SET" && Interlocked.CompareExchange(ref first, connection.Number, 0) is not 0 and var seen && seen != connection.Number)
                second.TrySetResult();
            if (command[0] == "KV.SET")
                await second.Task;
            return false;
        };

        var writes = await client.WriteAsync(TestClient.Chain(16), Payloads(16, 2_500_000));

        Assert.All(writes, write => Assert.Equal(BlockWriteOutcome.Accepted, write.Outcome));
        Assert.InRange(silo.Heard.Where(heard => heard.Command[0] == "KV.SET").Select(heard => heard.Connection).Distinct().Count(), 2, 4);
    }

    [Theory]
    [InlineData("-OOM out of space\r\n", BlockWriteOutcome.OutOfSpace)]
    [InlineData("-BUSY try again\r\n", BlockWriteOutcome.Busy)]
    [InlineData("-ERR no\r\n", BlockWriteOutcome.Rejected)]
    [InlineData("-NOREPLICAS one copy only\r\n", BlockWriteOutcome.NotReplicated)]
    [InlineData("*2\r\n+conflict\r\n+-\r\n", BlockWriteOutcome.Conflict)]
    [InlineData("*2\r\n+whatever\r\n+-\r\n", BlockWriteOutcome.Unknown)]
    [InlineData("nonsense\r\n", BlockWriteOutcome.Unknown)]
    public async Task WriteAsync_OneIsRefused_TheOthersAreWritten(string reply, BlockWriteOutcome expected)
    {
        using var silo = new ScriptedSilo();
        await using var client = await OfOneConnectionAsync(silo);
        silo.Script = (connection, command) => Reply(connection, command, "kv:m/0005", reply);

        var writes = await client.WriteAsync(TestClient.Chain(40), Payloads(40, 100));

        for (var i = 0; i < 40; i++)
        {
            // What was sent behind a reply that is none was written, and is found there when it is written again.
            if (i == 5)
                Assert.Equal(expected, writes[i].Outcome);
            else
                Assert.Contains(writes[i].Outcome, new[] { BlockWriteOutcome.Accepted, BlockWriteOutcome.Conflict });
            Assert.Equal(i != 5, silo.Blocks.ContainsKey($"kv:m/{i:x4}"));
        }
    }

    [Theory]
    [InlineData("-TRYAGAIN not yet\r\n")]
    [InlineData("-UNKNOWN it may have been written\r\n")]
    [InlineData(null)]
    public async Task WriteAsync_OneIsTakenAtLast_AllAreWritten(string? reply)
    {
        using var silo = new ScriptedSilo();
        await using var client = await OfOneConnectionAsync(silo);
        var asked = 0;
        silo.Script = (connection, command) => command[0] == "KV.SET" && command[1] == "kv:m/0003" && ++asked <= 3
            ? Reply(connection, command, "kv:m/0003", reply) : Task.FromResult(false);

        var writes = await client.WriteAsync(TestClient.Chain(10), Payloads(10, 100));

        Assert.Equal(4, asked);
        Assert.Equal(BlockWriteOutcome.Accepted, writes[3].Outcome);
        Assert.Equal(10, silo.Blocks.Count);
    }

    [Fact]
    public async Task WriteAsync_KeysHaveMoved_GoToTheNewOwner()
    {
        using var old = new ScriptedSilo("old");
        using var owner = new ScriptedSilo("owner");
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, old.Descriptor) };
        await using var client = TestClient.Of(control);
        await client.WaitUntilReadyAsync(TestClient.Long);
        old.Script = async (connection, command) =>
        {
            if (command[0] != "KV.SET")
                return false;
            control.Map = ScriptedControlPlane.MapOf(2, owner.Descriptor);
            await connection.SendAsync("-NOTOWNER 2\r\n");
            return true;
        };

        var writes = await client.WriteAsync(TestClient.Chain(30), Payloads(30, 100));

        Assert.All(writes, write => Assert.Equal(BlockWriteOutcome.Accepted, write.Outcome));
        Assert.Equal(30, owner.Blocks.Count);
    }

    [Fact]
    public async Task WriteAsync_OneSiloIsGone_TheOthersBlocksAreWrittenAndItsOwnWait()
    {
        using var there = new ScriptedSilo("there");
        using var next = new ScriptedSilo("next");
        var told = new TaskCompletionSource<ClusterMap>();
        var map = ScriptedControlPlane.MapOf(1, ScriptedCluster.Refusing("gone"), there.Descriptor);
        var control = new ScriptedControlPlane { Map = map, Watch = _ => told.Task };
        await using var client = TestClient.Of(control);
        await client.WaitUntilReadyAsync(TestClient.Long);

        var writing = client.WriteAsync(TestClient.Chain(30), Payloads(30, 100)).AsTask();
        var its = TestClient.Chain(30).Count(key => ScriptedCluster.NamesOf(key, map).StartsWith("there", StringComparison.Ordinal));
        await Probes.Eventually.HoldsAsync(() => there.Blocks.Count == its, "the blocks of the silo that is there are written");
        Assert.False(writing.IsCompleted);
        var moved = ScriptedControlPlane.MapOf(2, next.Descriptor, there.Descriptor);
        control.Map = moved;
        told.SetResult(moved);

        Assert.All(await writing, write => Assert.Equal(BlockWriteOutcome.Accepted, write.Outcome));
        Assert.Equal(30, there.Blocks.Count + next.Blocks.Count);
    }

    [Fact]
    public async Task WriteAsync_ConnectionIsLost_RegistersThatWereSentAreNotSentAgain()
    {
        using var silo = new ScriptedSilo();
        await using var client = await OfOneConnectionAsync(silo);
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.SET" || command[1] != "register/3")
                return false;
            connection.Dispose();
            return await Task.FromResult(true);
        };
        BlockKey[] keys = [.. Enumerable.Range(0, 8).Select(i => BlockKey.From($"register/{i}"))];

        var writes = await client.WriteAsync(keys, Payloads(8, 100), new() { Condition = WriteCondition.Any });

        Assert.Equal(BlockWriteOutcome.Unknown, writes[3].Outcome);
        Assert.All(silo.Heard.GroupBy(heard => heard.Command[1]), heard => Assert.Single(heard));
        Assert.All(writes, write => Assert.Contains(write.Outcome, new[] { BlockWriteOutcome.Accepted, BlockWriteOutcome.Unknown }));
    }

    [Fact]
    public async Task WriteAsync_KeyTwice_IsWrittenTwice()
    {
        using var silo = new ScriptedSilo();
        await using var client = await OfOneConnectionAsync(silo);
        var key = TestClient.Chain(1)[0];

        var writes = await client.WriteAsync(new[] { key, key }, Payloads(2, 100));

        Assert.Equal([BlockWriteOutcome.Accepted, BlockWriteOutcome.Conflict], writes.Select(write => write.Outcome));
    }

    [Fact]
    public async Task WriteAsync_Cancelled_ThrowsWhenAllHasEnded()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        using var cancel = new CancellationTokenSource();
        foreach (var name in new[] { "a", "b" })
        {
            cluster[name].Script = async (_, command) =>
            {
                if (command[0] == "KV.SET")
                    await cancel.CancelAsync();
                return command[0] == "KV.SET";
            };
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await cluster.Client.WriteAsync(TestClient.Chain(10), Payloads(10, 100), cancellationToken: cancel.Token));
    }

    [Fact]
    public async Task WriteAsync_NoSiloIsKnown_EndsAtOnce()
    {
        await using var client = TestClient.Of(new());
        var watch = Stopwatch.StartNew();

        var writes = await client.WriteAsync(TestClient.Chain(3), Payloads(3, 100));

        Assert.Equal([default, default, default], writes);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TestClient.Soon);
    }

    [Fact]
    public async Task WriteAsync_WrongArguments_Throws()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);

        Assert.Empty(await client.WriteAsync(ReadOnlyMemory<BlockKey>.Empty, ReadOnlyMemory<ReadOnlyMemory<byte>>.Empty));
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.WriteAsync(TestClient.Chain(2), Payloads(1, 100)));
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.WriteAsync(new BlockKey[1], Payloads(1, 100)));
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await client.WriteAsync(TestClient.Chain(1), Payloads(1, 100), new() { Condition = WriteCondition.Present }));
        Assert.Equal(
            [BlockWriteOutcome.DeadlineExceeded],
            (await client.WriteAsync(TestClient.Chain(1), Payloads(1, 100), deadline: TimeSpan.Zero)).Select(write => write.Outcome));
        Assert.Empty(silo.Heard);
    }

    private static async Task<PrefixCacheClient> OfOneConnectionAsync(ScriptedSilo silo)
    {
        var client = TestClient.Of(new() { Map = ScriptedControlPlane.MapOf(1, silo.Descriptor) }, options => options.ConnectionsPerSilo = 1);
        await client.WaitUntilReadyAsync(TestClient.Long);
        await silo.WaitForConnectionsAsync(TestClient.ConnectionsAtFirst);
        return client;
    }

    private static async Task<bool> Reply(ScriptedConnection connection, string[] command, string key, string? reply)
    {
        if (command[0] != "KV.SET" || command[1] != key)
            return false;
        if (reply is null)
            connection.Dispose();
        else
            await connection.SendAsync(reply);
        return true;
    }

    private static ReadOnlyMemory<byte>[] Payloads(int count, int length) =>
        [.. Enumerable.Range(0, count).Select(i => new ReadOnlyMemory<byte>(TestClient.Bytes(length, seed: i)))];
}
