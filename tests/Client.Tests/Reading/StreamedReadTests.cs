using System.Globalization;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Tests.Scripted;

namespace KvOrleans.Client.Tests.Reading;

public sealed class StreamedReadTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(200, 3000)]
    [InlineData(20, 400_000)]
    [InlineData(20, 2_000_000)]
    public async Task ReadEachAsync_AllIsThere_YieldsEachWhole(int count, int length)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var payloads = TestClient.Fill(silo, count, length);
        await using var match = await client.MatchAsync(TestClient.Chain(count));
        var destinations = TestClient.Destinations(match);
        var next = 0;

        await foreach (var index in client.ReadEachAsync(match, destinations))
        {
            Assert.Equal(next++, index);
            Assert.True(payloads[index].AsSpan().SequenceEqual(destinations[index].Span));
        }

        Assert.Equal(count, next);
    }

    [Fact]
    public async Task ReadEachAsync_LastIsNotThereYet_YieldsTheFirst()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        TestClient.Fill(silo, 10, 100);
        await using var match = await client.MatchAsync(TestClient.Chain(10));
        var seen = new TaskCompletionSource();
        silo.Script = async (_, command) =>
        {
            if (command[0] == "KV.GET" && command[1] == "kv:m/0004")
                await seen.Task;
            return false;
        };
        var yielded = new List<int>();

        await foreach (var index in client.ReadEachAsync(match, TestClient.Destinations(match)))
        {
            yielded.Add(index);
            if (index == 3)
                seen.SetResult();
        }

        Assert.Equal(Enumerable.Range(0, 10), yielded);
    }

    [Theory]
    [InlineData(16, 1_500_000, 1)]
    [InlineData(16, 600_000, 2)]
    [InlineData(44, 100_000, 11)]
    public async Task ReadEachAsync_SeveralConnections_AreDealtThePiecesInTurn(int count, int length, int blocksInPiece)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        TestClient.Fill(silo, count, length);
        await using var match = await client.MatchAsync(TestClient.Chain(count));
        var asking = new HashSet<int>();
        var all = new TaskCompletionSource();
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET")
                return false;
            lock (asking)
            {
                if (asking.Add(connection.Number) && asking.Count == 4)
                    all.SetResult();
            }

            await all.Task;
            return false;
        };

        Assert.Equal(count, await CountAsync(client, match));

        var expected = Enumerable.Range(0, 4).Select(first => string.Join(' ', Enumerable.Range(0, count).Where(i => i / blocksInPiece % 4 == first)));
        var asked = silo.Heard.Where(heard => heard.Command[0] == "KV.GET").GroupBy(heard => heard.Connection)
            .Select(share => string.Join(' ', share.Select(heard => int.Parse(heard.Command[1][^4..], NumberStyles.HexNumber, CultureInfo.InvariantCulture))));
        Assert.Equal(expected.Order(), asked.Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task ReadEachAsync_BlockIsGone_EndsThere(int gone)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        TestClient.Fill(silo, 10, 100);
        await using var match = await client.MatchAsync(TestClient.Chain(10));
        silo.Blocks.TryRemove($"kv:m/{gone:x4}", out _);

        Assert.Equal(gone, await CountAsync(client, match));
    }

    [Fact]
    public async Task ReadEachAsync_SiloBreaksOff_TheNextGoesOn()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "ab", 10);
        var payloads = new byte[10][];
        for (var i = 0; i < 10; i++)
        {
            var text = System.Text.Encoding.Latin1.GetString(keys[i].Span);
            cluster["a"].Put(text, payloads[i] = TestClient.Bytes(100, seed: i));
            cluster["b"].Blocks[text] = cluster["a"].Blocks[text];
        }

        var fourth = System.Text.Encoding.Latin1.GetString(keys[4].Span);
        cluster["a"].Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET" || command[1] != fourth)
                return false;
            await connection.SendAsync(ScriptedSilo.Block(cluster["a"].Blocks[fourth].Version, payloads[4]).AsMemory(0, 80));
            connection.Dispose();
            return true;
        };
        await using var match = await cluster.Client.MatchAsync(keys);
        var destinations = TestClient.Destinations(match);
        var next = 0;

        await foreach (var index in cluster.Client.ReadEachAsync(match, destinations))
        {
            Assert.Equal(next++, index);
            Assert.Equal(payloads[index], destinations[index].ToArray());
        }

        Assert.Equal(10, next);
    }

    [Theory]
    [InlineData("left")]
    [InlineData("cancelled")]
    [InlineData("late")]
    public async Task ReadEachAsync_EndsEarly_NothingIsWrittenAfterwards(string how)
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
            var reply = ScriptedSilo.Block(match.Blocks[3].Version, silo.Blocks["kv:m/0003"].Payload);
            await connection.SendAsync(reply.AsMemory(0, reply.Length - 52));
            await returned.Task;
            try
            {
                await connection.SendAsync(reply.AsMemory(reply.Length - 52));
            }
            catch (IOException)
            {
            }

            await connection.WaitForEndAsync();
            ended.SetResult();
            return true;
        };
        using var cancel = new CancellationTokenSource();
        var destinations = TestClient.Destinations(match);
        var deadline = how == "late" ? TestClient.Moderate : TestClient.Long;

        async Task<int> EnumerateAsync()
        {
            var count = 0;
            await foreach (var index in client.ReadEachAsync(match, destinations, deadline).WithCancellation(cancel.Token))
            {
                count++;
                if (index == 2 && how == "left")
                    break;
                if (index == 2 && how == "cancelled")
                    await cancel.CancelAsync();
            }

            return count;
        }

        if (how == "cancelled")
            Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(EnumerateAsync)).CancellationToken);
        else
            Assert.Equal(3, await EnumerateAsync());
        var before = destinations[3].ToArray();

        returned.SetResult();
        await ended.Task.WaitAsync(TestClient.Long);
        Assert.Equal(before, destinations[3].ToArray());
        silo.Script = null;
        // A silo that let a call wait until it was late is left alone for a moment.
        if (how != "late")
            Assert.Equal(10, await CountAsync(client, match));
    }

    [Fact]
    public async Task ReadEachAsync_WrongDestinations_ThrowsAtOnce()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        TestClient.Fill(silo, 2, 100);
        await using var match = await client.MatchAsync(TestClient.Chain(2));

        Assert.Throws<ArgumentException>(() => client.ReadEachAsync(match, new Memory<byte>[3]));
        Assert.Throws<ArgumentException>(() => client.ReadEachAsync(match, new Memory<byte>[] { new byte[100], new byte[99] }));
        Assert.Equal(0, await client.ReadEachAsync(match, TestClient.Destinations(match), TimeSpan.Zero).CountAsync());
        Assert.Equal(0, await client.ReadEachAsync(match, Array.Empty<Memory<byte>>()).CountAsync());
    }

    private static ValueTask<int> CountAsync(PrefixCacheClient client, PrefixMatch match) => client.ReadEachAsync(match, TestClient.Destinations(match)).CountAsync();
}
