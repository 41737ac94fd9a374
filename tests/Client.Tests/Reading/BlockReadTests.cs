using System.Diagnostics;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Reading;

public sealed class BlockReadTests
{
    private static readonly BlockKey Key = BlockKey.From("kv:m/1");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData(3_000_000)]
    public async Task ReadAsync_BlockIsThere_ReturnsItsBytesAndTouchesNothingBehindThem(int length)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var payload = TestClient.Bytes(length);
        var version = silo.Put("kv:m/1", payload);
        var destination = new byte[length + 3];

        for (var i = 0; i < 3; i++)
            Assert.Equal(new BlockRead(BlockReadOutcome.Hit, version, length), await client.ReadAsync(Key, destination));

        Assert.Equal([.. payload, 0, 0, 0], destination);
        Assert.Equal(2, silo.ConnectionCount);
    }

    [Fact]
    public async Task ReadAsync_BlockIsAbsent_IsAMiss()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);

        Assert.Equal(BlockReadOutcome.Miss, (await client.ReadAsync(Key, new byte[8])).Outcome);
    }

    [Theory]
    [InlineData(100, 2)]
    [InlineData(BlockReply.DrainLimit + 1, 3)]
    public async Task ReadAsync_DestinationIsTooSmall_SaysWhatIsNeededAndGoesOn(int length, int connections)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        silo.Put("kv:m/1", TestClient.Bytes(length));
        silo.Put("kv:m/2", [7]);
        var destination = new byte[10];

        var small = await client.ReadAsync(Key, destination);
        var next = await client.ReadAsync(BlockKey.From("kv:m/2"), new byte[1]);

        Assert.Equal((BlockReadOutcome.DestinationTooSmall, length), (small.Outcome, small.Length));
        Assert.All(destination, value => Assert.Equal(0, value));
        Assert.True(next.IsHit);
        Assert.Equal(connections, silo.ConnectionCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50_000)]
    [InlineData(99_999)]
    public async Task ReadAsync_OneByteIsWrong_IsCorruptAndTheConnectionIsNotUsedAgain(int position)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var payload = TestClient.Bytes(100_000);
        var version = silo.Put("kv:m/1", payload);
        var checksum = BlockChecksum.Of(payload);
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET")
                return false;
            payload[position] ^= 1;
            await connection.SendAsync(ScriptedSilo.Block(version, payload, checksum));
            payload[position] ^= 1;
            return true;
        };

        var read = await client.ReadAsync(Key, new byte[payload.Length]);
        silo.Script = null;
        var again = await client.ReadAsync(Key, new byte[payload.Length]);

        Assert.Equal(BlockReadOutcome.Corrupt, read.Outcome);
        Assert.True(again.IsHit);
        Assert.Equal(3, silo.ConnectionCount);
    }

    [Theory]
    [InlineData("*2\r\n+a\r\n+b\r\n")]
    [InlineData("*3\r\n+nonsense\r\n+0123456789abcdef\r\n$1\r\nx\r\n")]
    [InlineData("*3\r\n+1-0000000000000001-1-0\r\n+zz\r\n$1\r\nx\r\n")]
    [InlineData("*3\r\n+1-0000000000000001-1-0\r\n+0123456789abcdef\r\n:1\r\n")]
    [InlineData("*3\r\n+1-0000000000000001-1-0\r\n+0123456789abcdef\r\n$1\r\nxyz\r\n")]
    [InlineData("$99999999999\r\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    public async Task ReadAsync_ReplyIsNone_IsUnavailableAndTheConnectionIsNotUsedAgain(string reply)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        silo.Script = (connection, command) => Reply(connection, command, reply);

        var read = await client.ReadAsync(Key, new byte[8]);
        silo.Script = null;
        var next = await client.ReadAsync(Key, new byte[8]);

        Assert.Equal(BlockReadOutcome.Unavailable, read.Outcome);
        Assert.Equal(BlockReadOutcome.Miss, next.Outcome);
        Assert.Equal(3, silo.ConnectionCount);
    }

    [Fact]
    public async Task ReadAsync_ErrorReply_IsUnavailableAndTheConnectionIsKept()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        silo.Script = (connection, command) => Reply(connection, command, "-ERR no\r\n");

        Assert.Equal(BlockReadOutcome.Unavailable, (await client.ReadAsync(Key, new byte[8])).Outcome);
        silo.Script = null;
        Assert.Equal(BlockReadOutcome.Miss, (await client.ReadAsync(Key, new byte[8])).Outcome);
        Assert.Equal(2, silo.ConnectionCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(60_000)]
    public async Task ReadAsync_SiloClosesInTheMiddle_IsUnavailable(int sent)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var payload = TestClient.Bytes(100_000);
        var version = silo.Put("kv:m/1", payload);
        silo.Script = async (connection, command) =>
        {
            if (command[0] == "KV.GET")
            {
                await connection.SendAsync(ScriptedSilo.Block(version, payload).AsMemory(0, sent));
                connection.Dispose();
            }

            return false;
        };

        Assert.Equal(BlockReadOutcome.Unavailable, (await client.ReadAsync(Key, new byte[payload.Length])).Outcome);
    }

    [Fact]
    public async Task ReadAsync_ReplyComesByteByByte_IsAHit()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var payload = TestClient.Bytes(300);
        var version = silo.Put("kv:m/1", payload);
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET")
                return false;
            foreach (var value in ScriptedSilo.Block(version, payload))
            {
                await connection.SendAsync(new[] { value });
                await Task.Yield();
            }

            return true;
        };
        var destination = new byte[300];

        Assert.True((await client.ReadAsync(Key, destination)).IsHit);
        Assert.Equal(payload, destination);
    }

    [Fact]
    public async Task ReadAsync_DeadlinePassesInThePayload_EndsAndNothingIsWrittenAfterwards()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var payload = TestClient.Bytes(200_000);
        var version = silo.Put("kv:m/1", payload);
        var reply = ScriptedSilo.Block(version, payload);
        var returned = new TaskCompletionSource();
        var sentTheRest = new TaskCompletionSource();
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET")
                return false;
            await connection.SendAsync(reply.AsMemory(0, 100_000));
            await returned.Task;
            try
            {
                await connection.SendAsync(reply.AsMemory(100_000));
            }
            catch (IOException)
            {
            }

            await connection.WaitForEndAsync();
            sentTheRest.SetResult();
            return true;
        };
        var destination = new byte[payload.Length];
        var watch = Stopwatch.StartNew();

        var read = await client.ReadAsync(Key, destination, TestClient.Short);

        Assert.InRange(watch.Elapsed, TestClient.Short / 2, TestClient.Soon);
        Assert.Equal(BlockReadOutcome.DeadlineExceeded, read.Outcome);
        var seen = destination.ToArray();
        returned.SetResult();
        await sentTheRest.Task.WaitAsync(TestClient.Long);
        Assert.Equal(seen, destination);
    }

    [Fact]
    public async Task ReadAsync_DeadlineIsNotMoreThanZero_EndsAtOnce()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);

        Assert.Equal(BlockReadOutcome.DeadlineExceeded, (await client.ReadAsync(Key, new byte[8], TimeSpan.Zero)).Outcome);
        Assert.Equal(BlockReadOutcome.DeadlineExceeded, (await client.ReadAsync(Key, new byte[8], Timeout.InfiniteTimeSpan)).Outcome);
        Assert.Empty(silo.Heard);
    }

    [Fact]
    public async Task ReadAsync_CallerCancels_Throws()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        silo.Script = (_, command) => Task.FromResult(command[0] == "KV.GET");
        using var cancelling = new CancellationTokenSource();

        var read = client.ReadAsync(Key, new byte[8], cancellationToken: cancelling.Token).AsTask();
        await silo.HearAsync(command => command[0] == "KV.GET");
        await cancelling.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Equal(cancelling.Token, error.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.ReadAsync(Key, new byte[8], cancellationToken: cancelling.Token));
    }

    [Fact]
    public async Task ReadAsync_KeyIsDefault_Throws()
    {
        await using var client = TestClient.Of(new());

        await Assert.ThrowsAsync<ArgumentException>(async () => await client.ReadAsync(default, new byte[8]));
    }

    private static async Task<bool> Reply(ScriptedConnection connection, string[] command, string reply)
    {
        if (command[0] != "KV.GET")
            return false;
        await connection.SendAsync(reply);
        return true;
    }
}
