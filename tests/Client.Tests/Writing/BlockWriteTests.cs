using System.Diagnostics;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Probes;

namespace KvOrleans.Client.Tests.Writing;

public sealed class BlockWriteTests
{
    private static readonly BlockKey Key = BlockKey.From("kv:m/1");

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(16 * 1024)]
    [InlineData(2_000_000)]
    public async Task WriteAsync_NothingIsThere_StoresTheBytes(int length)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var payload = TestClient.Bytes(length);

        var write = await client.WriteAsync(Key, payload);
        var again = await client.WriteAsync(Key, payload);

        Assert.Equal(BlockWriteOutcome.Accepted, write.Outcome);
        Assert.True(write.IsStored);
        Assert.Equal(silo.Blocks["kv:m/1"].Version, write.Version);
        Assert.Equal(payload, silo.Blocks["kv:m/1"].Payload);
        Assert.Equal(new BlockWrite(BlockWriteOutcome.Conflict, write.Version), again);
        Assert.Equal(TestClient.ConnectionsAtFirst, silo.ConnectionCount);
    }

    [Fact]
    public async Task WriteAsync_Options_TravelWithTheBlock()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var version = new BlockVersion(3, new(4), 5);

        await client.WriteAsync(Key, new byte[1], new() { Condition = WriteCondition.Any, TimeToLive = TimeSpan.FromSeconds(2) });
        await client.WriteAsync(Key, new byte[1], new() { Condition = WriteCondition.Exactly(version) });
        await client.WriteAsync(Key, new byte[1]);

        var heard = silo.Heard.Select(heard => heard.Command[2..4]).ToArray();
        Assert.Equal([["ANY", "2000"], [version.ToString(), "0"], ["ABSENT", "0"]], heard);
    }

    [Theory]
    [InlineData("*2\r\n+present\r\n+1-0000000000000001-7-0\r\n", BlockWriteOutcome.AlreadyPresent)]
    [InlineData("*2\r\n+conflict\r\n+-\r\n", BlockWriteOutcome.Conflict)]
    [InlineData("-OOM out of space: all is leased\r\n", BlockWriteOutcome.OutOfSpace)]
    [InlineData("-BUSY try again\r\n", BlockWriteOutcome.Busy)]
    [InlineData("-ERR no\r\n", BlockWriteOutcome.Rejected)]
    [InlineData("-NOAUTH Authentication required.\r\n", BlockWriteOutcome.Rejected)]
    [InlineData("-NOTOWNER 9\r\n", BlockWriteOutcome.Rejected)]
    [InlineData("*2\r\n+whatever\r\n+-\r\n", BlockWriteOutcome.Unknown)]
    [InlineData("nonsense\r\n", BlockWriteOutcome.Unknown)]
    [InlineData("-NOREPLICAS one copy only\r\n", BlockWriteOutcome.NotReplicated)]
    public async Task WriteAsync_Reply_BecomesItsOutcome(string reply, BlockWriteOutcome expected)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        silo.Script = (connection, command) => Reply(connection, command, reply);

        Assert.Equal(expected, (await client.WriteAsync(Key, new byte[100])).Outcome);
        silo.Script = null;
        Assert.Equal(BlockWriteOutcome.Accepted, (await client.WriteAsync(Key, new byte[100])).Outcome);
    }

    [Fact]
    public async Task WriteAsync_KeyHasMoved_GoesToTheNewOwner()
    {
        using var old = new ScriptedSilo("old");
        using var owner = new ScriptedSilo("owner");
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, old.Descriptor) };
        await using var client = TestClient.Of(control);
        await client.WaitUntilReadyAsync(TestClient.Long);
        old.Script = (connection, command) =>
        {
            control.Map = ScriptedControlPlane.MapOf(2, owner.Descriptor);
            return Reply(connection, command, "-NOTOWNER 2\r\n");
        };

        Assert.Equal(BlockWriteOutcome.Accepted, (await client.WriteAsync(Key, new byte[100])).Outcome);
        Assert.Single(owner.Blocks);
        Assert.Equal(2, (await client.GetMapAsync()).Id);
    }

    [Fact]
    public async Task WriteAsync_SiloDoesNotReadThePayload_EndsAtItsDeadline()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var never = new TaskCompletionSource();
        silo.Script = async (_, command) =>
        {
            if (command[0] == "KV.GET")
                await never.Task;
            return false;
        };
        // The connection that the write will use is one whose silo's end is busy for ever.
        Assert.Equal(
            Client.Reading.BlockReadOutcome.DeadlineExceeded, (await client.ReadAsync(Key, new byte[1], TestClient.Short)).Outcome);
        silo.Script = (_, command) => Task.FromResult(command[0] == "KV.SET");

        Assert.Equal(BlockWriteOutcome.DeadlineExceeded, (await client.WriteAsync(Key, new byte[1000], deadline: TestClient.Short)).Outcome);
        silo.Script = null;
        Assert.Equal(BlockWriteOutcome.Accepted, (await client.WriteAsync(Key, new byte[1000])).Outcome);
    }

    [Theory]
    [InlineData("-TRYAGAIN not yet\r\n", BlockWriteOutcome.TryAgain)]
    [InlineData("-UNKNOWN it may have been written\r\n", BlockWriteOutcome.Unknown)]
    [InlineData(null, BlockWriteOutcome.Unknown)]
    public async Task WriteAsync_RegistersWriteIsOpen_IsNotRepeated(string? reply, BlockWriteOutcome expected)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        silo.Script = (connection, command) => Reply(connection, command, reply);

        Assert.Equal(expected, (await client.WriteAsync(BlockKey.From("register"), new byte[100])).Outcome);
        Assert.Single(silo.Heard);
    }

    [Theory]
    [InlineData("-TRYAGAIN not yet\r\n", BlockWriteOutcome.TryAgain)]
    [InlineData("-UNKNOWN it may have been written\r\n", BlockWriteOutcome.DeadlineExceeded)]
    [InlineData(null, BlockWriteOutcome.DeadlineExceeded)]
    public async Task WriteAsync_WriteOnceBlocksWriteIsOpen_IsRepeatedUntilTheDeadline(string? reply, BlockWriteOutcome expected)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        silo.Script = (connection, command) => Reply(connection, command, reply);
        var watch = Stopwatch.StartNew();

        var write = await client.WriteAsync(Key, new byte[100], deadline: TestClient.Moderate);

        Assert.Equal(expected, write.Outcome);
        Assert.InRange(watch.Elapsed, TestClient.Moderate / 2, TestClient.Soon);
        Assert.InRange(silo.Heard.Count, 2, 40);
    }

    [Theory]
    [InlineData("-TRYAGAIN not yet\r\n")]
    [InlineData("-UNKNOWN it may have been written\r\n")]
    [InlineData(null)]
    public async Task WriteAsync_SiloTakesItAtLast_IsAccepted(string? reply)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var asked = 0;
        silo.Script = (connection, command) => command[0] != "KV.SET" || ++asked > 3 ? Task.FromResult(false) : Reply(connection, command, reply);

        Assert.Equal(BlockWriteOutcome.Accepted, (await client.WriteAsync(Key, new byte[100])).Outcome);
        Assert.Equal(4, asked);
    }

    [Theory]
    [InlineData("-BUSY try again\r\n", BlockWriteOutcome.Busy)]
    [InlineData("-NOREPLICAS one copy only\r\n", BlockWriteOutcome.NotReplicated)]
    public async Task WriteAsync_OneOfSeveralSilosRefuses_IsRepeatedAFewTimes(string reply, BlockWriteOutcome expected)
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var owner = cluster.HoldersOf(Key)[0];
        owner.Script = (connection, command) => Reply(connection, command, reply);

        Assert.Equal(expected, (await cluster.Client.WriteAsync(Key, new byte[100], new() { Concern = WriteConcern.Replicated })).Outcome);
        Assert.Equal(4, owner.Heard.Count);
    }

    [Theory]
    [InlineData("kv:m/1")]
    [InlineData("register")]
    public async Task WriteAsync_OwnerIsGone_WaitsForTheNextOwner(string key)
    {
        using var owner = new ScriptedSilo("owner");
        var told = new TaskCompletionSource<ClusterMap>();
        var map = ScriptedControlPlane.MapOf(1, ScriptedCluster.Refusing("old"));
        var control = new ScriptedControlPlane { Map = map, Watch = _ => told.Task };
        await using var client = TestClient.Of(control);
        await client.GetMapAsync();

        var writing = client.WriteAsync(BlockKey.From(key), new byte[100]).AsTask();
        var asked = control.Asked;
        await Eventually.HoldsAsync(() => control.Asked > asked + 1, "the map is asked for meanwhile");
        Assert.False(writing.IsCompleted);
        told.SetResult(ScriptedControlPlane.MapOf(2, owner.Descriptor));

        Assert.Equal(BlockWriteOutcome.Accepted, (await writing).Outcome);
    }

    [Theory]
    [InlineData("kv:m/1")]
    [InlineData("register")]
    public async Task WriteAsync_OwnerIsGoneAndNobodyTakesItsPlace_EndsAtItsDeadline(string key)
    {
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, ScriptedCluster.Refusing("old")) };
        await using var client = TestClient.Of(control);
        await client.GetMapAsync();
        var watch = Stopwatch.StartNew();

        var write = await client.WriteAsync(BlockKey.From(key), new byte[100], deadline: TestClient.Short);

        Assert.Equal(BlockWriteOutcome.Unavailable, write.Outcome);
        Assert.InRange(watch.Elapsed, TestClient.Short / 2, TestClient.Soon);
    }

    [Fact]
    public async Task WriteAsync_ClientIsDisposedOfMeanwhile_EndsAtOnce()
    {
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, ScriptedCluster.Refusing("old")) };
        await using var client = TestClient.Of(control);
        await client.GetMapAsync();
        var writing = client.WriteAsync(Key, new byte[100]).AsTask();

        await client.DisposeAsync();

        Assert.Equal(BlockWriteOutcome.Unavailable, (await writing.WaitAsync(TestClient.Soon)).Outcome);
    }

    [Fact]
    public async Task WriteAsync_CallerCancelsWhileItWaits_Throws()
    {
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, ScriptedCluster.Refusing("old")) };
        await using var client = TestClient.Of(control);
        await client.GetMapAsync();
        using var cancelling = new CancellationTokenSource();
        var writing = client.WriteAsync(Key, new byte[100], cancellationToken: cancelling.Token).AsTask();

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(TestClient.Soon));
    }

    [Fact]
    public async Task WriteAsync_Replicated_SaysSoBeforeThePayload()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);

        await client.WriteAsync(Key, new byte[] { 65 }, new() { Concern = WriteConcern.Replicated });
        await client.WriteAsync(Key, new byte[] { 65 }, new() { Concern = WriteConcern.Local });

        var heard = silo.Heard.Select(heard => heard.Command).ToArray();
        Assert.Equal(["REPLICATED", "A"], heard[0][5..]);
        Assert.Equal(["A"], heard[1][5..]);
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.WriteAsync(Key, new byte[1], new() { Concern = (WriteConcern)7 }));
    }

    [Theory]
    [InlineData("kv:m/1", "ABSENT", BlockWriteOutcome.Accepted)]
    [InlineData("kv:m/1", "EXACTLY", BlockWriteOutcome.Unknown)]
    [InlineData("register", "ABSENT", BlockWriteOutcome.Unknown)]
    public async Task WriteAsync_OwnerBreaksOffAndAnotherOwnsTheKeyNow_IsWrittenThereWhenThatIsSafe(string key, string condition, BlockWriteOutcome expected)
    {
        using var old = new ScriptedSilo("old");
        using var owner = new ScriptedSilo("owner");
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, old.Descriptor) };
        await using var client = TestClient.Of(control);
        await client.WaitUntilReadyAsync(TestClient.Long);
        await old.WaitForConnectionsAsync(TestClient.ConnectionsAtFirst);
        old.Script = (connection, command) =>
        {
            control.Map = ScriptedControlPlane.MapOf(2, owner.Descriptor);
            connection.Dispose();
            return Task.FromResult(true);
        };
        var when = condition == "ABSENT" ? WriteCondition.Absent : WriteCondition.Exactly(new(1, new(2), 3));

        var write = await client.WriteAsync(BlockKey.From(key), new byte[100], new() { Condition = when });

        Assert.Equal(expected, write.Outcome);
        Assert.Equal(expected == BlockWriteOutcome.Accepted ? 1 : 0, owner.Blocks.Count);
    }

    [Fact]
    public async Task WriteAsync_OwnerRefusesAndAnotherOwnsTheRegisterNow_IsWrittenThere()
    {
        using var owner = new ScriptedSilo("owner");
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, ScriptedCluster.Refusing("old")) };
        await using var client = TestClient.Of(control);
        await client.GetMapAsync();
        control.Map = ScriptedControlPlane.MapOf(2, owner.Descriptor);

        Assert.Equal(BlockWriteOutcome.Accepted, (await client.WriteAsync(BlockKey.From("register"), new byte[100])).Outcome);
    }

    [Fact]
    public async Task WriteAsync_WrongArguments_Throws()
    {
        await using var client = TestClient.Of(new());

        await Assert.ThrowsAsync<ArgumentException>(async () => await client.WriteAsync(default, new byte[1]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.WriteAsync(Key, new byte[1], new() { Condition = WriteCondition.Present }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await client.WriteAsync(Key, new byte[1], new() { TimeToLive = TimeSpan.Zero }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await client.WriteAsync(Key, new byte[1], new() { TimeToLive = TimeSpan.FromDays(50) }));
    }

    /// <summary>Answers a write; null: breaks the connection off.</summary>
    private static async Task<bool> Reply(ScriptedConnection connection, string[] command, string? reply)
    {
        if (command[0] != "KV.SET")
            return false;
        if (reply is null)
            connection.Dispose();
        else
            await connection.SendAsync(reply);
        return true;
    }
}
