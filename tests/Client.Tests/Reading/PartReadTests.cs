using System.Text;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Reading;

public sealed class PartReadTests
{
    private const int Length = 1000;

    [Theory]
    [InlineData(0, 10)]
    [InlineData(990, 10)]
    [InlineData(123, 456)]
    [InlineData(0, Length)]
    [InlineData(Length, 0)]
    public async Task ReadAsync_Part_IsRead(int offset, int count)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        await using var match = await MatchAsync(silo, client);
        var destination = new byte[count];

        var read = await client.ReadAsync(match, 1, offset, destination);

        Assert.Equal(new BlockRead(BlockReadOutcome.Hit, match.Blocks[1].Version, count), read);
        Assert.Equal(silo.Blocks["kv:m/0001"].Payload[offset..(offset + count)], destination);
        var (_, command) = await silo.HearAsync(command => command[0] == "KV.GET");
        Assert.Equal(["KV.GET", "kv:m/0001", "VERSION", $"{match.Blocks[1].Version}", "RANGE", $"{offset}", $"{count}"], command);
    }

    [Theory]
    [InlineData(-1, 0, 10)]
    [InlineData(3, 0, 10)]
    [InlineData(0, -1, 10)]
    [InlineData(0, 1, Length)]
    [InlineData(0, Length, 1)]
    [InlineData(0, long.MaxValue, 1)]
    [InlineData(0, 0, Length + 1)]
    public async Task ReadAsync_NoSuchPart_Throws(int index, long offset, int count)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        await using var match = await MatchAsync(silo, client);

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await client.ReadAsync(match, index, offset, new byte[count]));
        Assert.DoesNotContain(silo.Heard, heard => heard.Command[0] == "KV.GET");
    }

    [Theory]
    [InlineData("gone", BlockReadOutcome.Miss)]
    [InlineData("replaced", BlockReadOutcome.Miss)]
    [InlineData("other bytes", BlockReadOutcome.Corrupt)]
    [InlineData("other length", BlockReadOutcome.Unavailable)]
    [InlineData("refused", BlockReadOutcome.Unavailable)]
    public async Task ReadAsync_PartCannotBeHad_SaysWhy(string how, BlockReadOutcome expected)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        await using var match = await MatchAsync(silo, client);
        var version = match.Blocks[0].Version;
        if (how == "gone")
            silo.Blocks.Clear();
        else if (how == "replaced")
            silo.Put("kv:m/0000", new byte[Length]);
        else
            silo.Script = async (connection, command) =>
            {
                if (command[0] != "KV.GET")
                    return false;
                if (how == "refused")
                    await connection.SendAsync("-ERR no\r\n");
                else
                    await connection.SendAsync(ScriptedSilo.Block(version, new byte[how == "other length" ? 9 : 10], how == "other length" ? null : new(1)));
                return true;
            };

        Assert.Equal(new BlockRead(expected, default, 0), await client.ReadAsync(match, 0, 10, new byte[10]));
    }

    [Fact]
    public async Task ReadAsync_AnotherThanTheOwnerHasLeasedIt_IsAsked()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "ab", 1);
        cluster["a"].ElsewhereMap = 1;
        cluster["b"].Put(Encoding.Latin1.GetString(keys[0].Span), TestClient.Bytes(Length));
        await using var match = await cluster.Client.MatchAsync(keys);

        Assert.True((await cluster.Client.ReadAsync(match, 0, 0, new byte[10])).IsHit);
        Assert.DoesNotContain(cluster["a"].Heard, heard => heard.Command[0] == "KV.GET");
    }

    [Fact]
    public async Task ReadAsync_SiloIsGone_TheNextIsAsked()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var keys = ScriptedCluster.KeysOf(cluster.Map, "ab", 1);
        var text = Encoding.Latin1.GetString(keys[0].Span);
        cluster["a"].Put(text, TestClient.Bytes(Length));
        cluster["b"].Blocks[text] = cluster["a"].Blocks[text];
        await using var match = await cluster.Client.MatchAsync(keys);
        cluster["a"].Dispose();

        Assert.True((await cluster.Client.ReadAsync(match, 0, 0, new byte[10])).IsHit);
    }

    private static async Task<PrefixMatch> MatchAsync(ScriptedSilo silo, PrefixCacheClient client)
    {
        for (var i = 0; i < 3; i++)
            silo.Put($"kv:m/{i:x4}", TestClient.Bytes(Length, seed: i));
        return await client.MatchAsync(TestClient.Chain(3));
    }
}
