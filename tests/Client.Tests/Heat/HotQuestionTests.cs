using System.Net;
using System.Net.Sockets;
using System.Text;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Heat;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Heat;
using KvOrleans.Wire;

namespace KvOrleans.Client.Tests.Heat;

public sealed class HotQuestionTests : IDisposable
{
    private static readonly BlockVersion Version = new(3, new(0xab), 9);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public void Dispose() => _socket.Dispose();

    [Fact]
    public async Task AskAsync_AList_IsRead()
    {
        using var silo = new ScriptedSilo();
        var entry = ScriptedHot.Entry("kv:a", Version, 100, silo) + ScriptedHot.Entry("kv:b", Version, 0);

        var reply = await AskAsync($"*3\r\n:5\r\n:4096\r\n*2\r\n{entry}");

        Assert.Equal((5, 4096), (reply!.Value.Number, reply.Value.SentBytes));
        Assert.Equal(["kv:a", "kv:b"], reply.Value.Blocks!.Select(block => TestClient.TextOf(block.Key)));
        Assert.Equal((Version, 100, 1000), (reply.Value.Blocks![0].Version, reply.Value.Blocks[0].Length, reply.Value.Blocks[0].BytesPerSecond));
        Assert.Equal([silo.Descriptor.DataPlane], reply.Value.Blocks[0].Holders);
    }

    [Fact]
    public async Task AskAsync_NothingNew_IsNoList()
    {
        Assert.Null((await AskAsync("*3\r\n:4\r\n:0\r\n*-1\r\n"))!.Value.Blocks);
        Assert.Null((await AskAsync("*3\r\n:4\r\n:0\r\n_\r\n"))!.Value.Blocks);
    }

    [Fact]
    public async Task AskAsync_TellsWhatWasReadNear()
    {
        var stream = new ReplyStream("*3\r\n:4\r\n:0\r\n*-1\r\n"u8.ToArray());
        using var connection = new SiloConnection(_socket, stream, 1024);

        await new HotQuestion(connection).AskAsync(4, [new(BlockKey.From("kv:a"), 77)], CancellationToken.None);

        Assert.Equal("*4\r\n$6\r\nKV.HOT\r\n$1\r\n4\r\n$4\r\nkv:a\r\n$2\r\n77\r\n", Encoding.ASCII.GetString(stream.Written));
    }

    [Theory]
    [InlineData("-ERR unknown command\r\n", false)]
    [InlineData("-ERR unknown command 'KV.HOT', with args beginning with: \r\n", false)]
    [InlineData("-BUSY later\r\n", true)]
    public async Task AskAsync_NoListNow_IsNull(string reply, bool isKnown)
    {
        using var connection = new SiloConnection(_socket, new ReplyStream(Encoding.ASCII.GetBytes(reply)), 1024);
        var question = new HotQuestion(connection);

        Assert.Null(await question.AskAsync(4, [], CancellationToken.None));
        Assert.Equal(isKnown, question.IsKnown);
        Assert.StartsWith(question.Refusal.Text, reply[1..], StringComparison.Ordinal);
    }

    public static TheoryData<string> Bad => new(
        "-NOAUTH Authentication required.\r\n",
        "+OK\r\n",
        "*2\r\n:1\r\n:2\r\n",
        "*3\r\n:-1\r\n:2\r\n*0\r\n",
        "*3\r\n:1\r\n:-2\r\n*0\r\n",
        "*3\r\n:1\r\n+2\r\n*0\r\n",
        "*3\r\n:5\r\n:2\r\n*-1\r\n",
        "*3\r\n:1\r\n:2\r\n:3\r\n",
        $"*3\r\n:1\r\n:2\r\n*{HotList.MostBlocks + 1}\r\n",
        "*3\r\n:1\r\n:2\r\n*1\r\n*4\r\n",
        "*3\r\n:1\r\n:2\r\n*1\r\n*5\r\n$0\r\n\r\n",
        "*3\r\n:1\r\n:2\r\n*1\r\n*5\r\n$513\r\n",
        "*3\r\n:1\r\n:2\r\n*1\r\n*5\r\n+kv:a\r\n",
        "*3\r\n:1\r\n:2\r\n*1\r\n*5\r\n$4\r\nkv:a\r\n+1-2\r\n",
        $"*3\r\n:1\r\n:2\r\n*1\r\n*5\r\n$4\r\nkv:a\r\n+{Version}\r\n:-1\r\n",
        $"*3\r\n:1\r\n:2\r\n*1\r\n*5\r\n$4\r\nkv:a\r\n+{Version}\r\n:2147483648\r\n",
        $"*3\r\n:1\r\n:2\r\n*1\r\n*5\r\n$4\r\nkv:a\r\n+{Version}\r\n:1\r\n:-1\r\n",
        $"*3\r\n:1\r\n:2\r\n*1\r\n*5\r\n$4\r\nkv:a\r\n+{Version}\r\n:1\r\n:1\r\n*{HotEntry.MostHolders + 1}\r\n",
        $"*3\r\n:1\r\n:2\r\n*1\r\n*5\r\n$4\r\nkv:a\r\n+{Version}\r\n:1\r\n:1\r\n*1\r\n$4\r\nhere\r\n");

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task AskAsync_ReplyIsNone_IsRefused(string reply) => await Assert.ThrowsAsync<HotException>(() => AskAsync(reply));

    [Fact]
    public async Task AskAsync_RepliesThatAreBroken_AreRefusedOrWithinBounds()
    {
        using var silo = new ScriptedSilo();
        var good = Encoding.Latin1.GetBytes($"*3\r\n:5\r\n:9\r\n*2\r\n{ScriptedHot.Entry("kv:a", Version, 100, silo, silo)}{ScriptedHot.Entry("kv:b", Version, 7, silo)}");
        var random = new Random(42);
        var refused = 0;
        for (var round = 0; round < 5000; round++)
        {
            var bytes = good.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : "*$:+-_0123456789\r\n"[random.Next(18)]);
            try
            {
                if (await AskAsync(Encoding.Latin1.GetString(bytes[..random.Next(bytes.Length - 20, bytes.Length + 1)])) is { Blocks: { } blocks })
                    Assert.All(blocks, block => Assert.True(block is { Length: >= 0, Holders.Length: <= HotEntry.MostHolders, Version.IsNone: false }));
            }
            catch (Exception error) when (error is HotException or RespProtocolException or EndOfStreamException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 4999);
    }

    [Fact]
    public void Of_ABlockTwice_IsRefused()
    {
        var entry = new HotEntry(BlockKey.From("kv:a"), Version, 1, 1, [new(IPAddress.Loopback, 1)]);

        Assert.Throws<HotException>(() => HotState.Of([entry, entry], 0));
    }

    private async Task<HotReply?> AskAsync(string reply)
    {
        using var connection = new SiloConnection(_socket, new ReplyStream(Encoding.Latin1.GetBytes(reply)), 1024);
        return await new HotQuestion(connection).AskAsync(4, [], CancellationToken.None);
    }
}
