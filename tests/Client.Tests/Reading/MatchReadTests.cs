using KvOrleans.Client.Matching;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Reading;

public sealed class MatchReadTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(200, 3000)]
    [InlineData(20, 400_000)]
    public async Task ReadAsync_AllIsThere_ReadsEveryBlock(int count, int length)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var payloads = TestClient.Fill(silo, count, length);
        await using var match = await client.MatchAsync(TestClient.Chain(count));
        var destinations = TestClient.Destinations(match);

        Assert.Equal(count, await client.ReadAsync(match, destinations));

        for (var i = 0; i < count; i++)
            Assert.Equal(payloads[i], destinations[i].ToArray());
    }

    [Fact]
    public async Task ReadAsync_MuchToRead_UsesSeveralConnections()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        TestClient.Fill(silo, 16, 500_000);
        await using var match = await client.MatchAsync(TestClient.Chain(16));
        var first = 0;
        var second = new TaskCompletionSource();
        silo.Script = async (connection, command) =>
        {
            // Nothing is answered before another connection has asked too.
            if (command[0] == "KV.GET" && Interlocked.CompareExchange(ref first, connection.Number, 0) is not 0 and var seen && seen != connection.Number)
                second.TrySetResult();
            if (command[0] == "KV.GET")
                await second.Task;
            return false;
        };

        Assert.Equal(16, await client.ReadAsync(match, TestClient.Destinations(match)));

        var used = silo.Heard.Where(heard => heard.Command[0] == "KV.GET").Select(heard => heard.Connection).Distinct().Count();
        Assert.InRange(used, 2, 4);
    }

    [Fact]
    public async Task ReadAsync_FewerDestinationsThanBlocks_ReadsThese()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        TestClient.Fill(silo, 10, 100);
        await using var match = await client.MatchAsync(TestClient.Chain(10));

        Assert.Equal(3, await client.ReadAsync(match, TestClient.Destinations(match).AsMemory(0, 3)));
        Assert.Equal(3, silo.Heard.Count(heard => heard.Command[0] == "KV.GET"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task ReadAsync_BlockIsGone_CutsThere(int gone)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        TestClient.Fill(silo, 10, 100);
        await using var match = await client.MatchAsync(TestClient.Chain(10));
        silo.Blocks.TryRemove($"kv:m/{gone:x4}", out _);

        Assert.Equal(gone, await client.ReadAsync(match, TestClient.Destinations(match)));
        Assert.Equal(10, await WithAll(silo, client));
    }

    [Fact]
    public async Task ReadAsync_SiloSendsAnotherVersion_CutsThereAndTouchesNothing()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        TestClient.Fill(silo, 10, 100);
        await using var match = await client.MatchAsync(TestClient.Chain(10));
        var other = silo.Put("kv:m/0004", TestClient.Bytes(100, seed: 99));
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET" || command[1] != "kv:m/0004")
                return false;
            await connection.SendAsync(ScriptedSilo.Block(other, silo.Blocks["kv:m/0004"].Payload));
            return true;
        };
        var destinations = TestClient.Destinations(match);

        Assert.Equal(4, await client.ReadAsync(match, destinations));
        Assert.All(destinations[4].ToArray(), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(99)]
    [InlineData(101)]
    public async Task ReadAsync_SameVersionOfAnotherLength_CutsThere(int length)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        TestClient.Fill(silo, 10, 100);
        await using var match = await client.MatchAsync(TestClient.Chain(10));
        silo.Blocks["kv:m/0006"] = (silo.Blocks["kv:m/0006"].Version, TestClient.Bytes(length));
        var larger = match.Blocks.Select(block => new Memory<byte>(new byte[200])).ToArray();

        Assert.Equal(6, await client.ReadAsync(match, larger));
        Assert.All(larger[6].ToArray()[100..], value => Assert.Equal(0, value));
    }

    [Fact]
    public async Task ReadAsync_OneByteIsWrong_CutsThere()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var payloads = TestClient.Fill(silo, 10, 100);
        await using var match = await client.MatchAsync(TestClient.Chain(10));
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET" || command[1] != "kv:m/0007")
                return false;
            var wrong = payloads[7].ToArray();
            wrong[50] ^= 1;
            await connection.SendAsync(ScriptedSilo.Block(match.Blocks[7].Version, wrong, BlockChecksum.Of(payloads[7])));
            return true;
        };

        Assert.Equal(7, await client.ReadAsync(match, TestClient.Destinations(match)));
    }

    [Fact]
    public async Task ReadAsync_DeadlinePasses_CountsWhatIsVerifiedAndNothingIsWrittenAfterwards()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        TestClient.Fill(silo, 10, 100);
        await using var match = await client.MatchAsync(TestClient.Chain(10));
        var returned = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET" || command[1] != "kv:m/0003")
                return false;
            await returned.Task;
            try
            {
                await connection.SendAsync(ScriptedSilo.Block(match.Blocks[3].Version, silo.Blocks["kv:m/0003"].Payload));
            }
            catch (IOException)
            {
            }

            await connection.WaitForEndAsync();
            ended.SetResult();
            return true;
        };
        var destinations = TestClient.Destinations(match);

        Assert.Equal(3, await client.ReadAsync(match, destinations, TestClient.Moderate));

        returned.SetResult();
        await ended.Task.WaitAsync(TestClient.Long);
        Assert.All(destinations[3].ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public async Task ReadAsync_SeveralSilos_ReadsEachBlockFromItsOwner()
    {
        using var first = new ScriptedSilo("a");
        using var second = new ScriptedSilo("b");
        await using var client = await TestClient.OfAsync(first, second);
        TestClient.Fill(first, 60, 100);
        foreach (var (key, block) in first.Blocks)
            second.Blocks[key] = block;
        await using var match = await client.MatchAsync(TestClient.Chain(60));

        Assert.Equal(60, await client.ReadAsync(match, TestClient.Destinations(match)));

        var asked = first.Heard.Concat(second.Heard).Where(heard => heard.Command[0] == "KV.GET").Select(heard => heard.Command[1]);
        Assert.Equal(60, asked.Distinct().Count());
        Assert.Contains(first.Heard, heard => heard.Command[0] == "KV.GET");
        Assert.Contains(second.Heard, heard => heard.Command[0] == "KV.GET");
    }

    [Fact]
    public async Task ReadAsync_WrongDestinations_Throws()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        TestClient.Fill(silo, 2, 100);
        await using var match = await client.MatchAsync(TestClient.Chain(2));

        await Assert.ThrowsAsync<ArgumentException>(async () => await client.ReadAsync(match, new Memory<byte>[3]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.ReadAsync(match, new Memory<byte>[] { new byte[100], new byte[99] }));
    }

    private static async Task<int> WithAll(ScriptedSilo silo, PrefixCacheClient client)
    {
        silo.Blocks.Clear();
        TestClient.Fill(silo, 10, 100);
        await using var match = await client.MatchAsync(TestClient.Chain(10));
        return await client.ReadAsync(match, TestClient.Destinations(match));
    }
}
