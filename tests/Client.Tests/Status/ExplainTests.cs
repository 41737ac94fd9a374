using System.Text;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Status;

public sealed class ExplainTests
{
    private const string Absent = "*6\r\n$5\r\nstate\r\n$6\r\nabsent\r\n$3\r\nwhy\r\n$7\r\nevicted\r\n$5\r\nago-s\r\n:12\r\n";
    private const string Present = "%2\r\n$5\r\nstate\r\n$7\r\npresent\r\n$6\r\nlength\r\n:5\r\n";

    [Fact]
    public async Task ExplainAsync_OfManyKeys_AsksEverySiloForAll()
    {
        using var one = new ScriptedSilo("a");
        using var other = new ScriptedSilo("b");
        one.Script = (connection, command) => AnswerAsync(connection, command, _ => Absent);
        other.Script = (connection, command) => AnswerAsync(connection, command, key => key.EndsWith('7') ? Present : Absent);
        await using var client = await TestClient.OfAsync(one, other);
        BlockKey[] keys = [.. Enumerable.Range(0, 150).Select(i => BlockKey.From($"kv:m/{i}"))];

        var silos = await client.ExplainAsync(keys, TestClient.Long);

        Assert.Equal(["a", "b"], silos.Select(silo => silo.Silo.Name));
        Assert.All(silos, silo => Assert.Equal((true, 150), (silo.Reached, silo.Keys.Count)));
        Assert.All(silos[0].Keys, key => Assert.Equal((false, "evicted", 12), (key.IsPresent, key.Text("why"), key.Number("ago-s"))));
        Assert.Equal(Enumerable.Range(0, 150).Select(i => i % 10 == 7), silos[1].Keys.Select(key => key.IsPresent));
        Assert.Null(silos[1].Keys[7].Number("state"));
    }

    [Theory]
    [InlineData("-ERR unknown command\r\n")]
    [InlineData("*2\r\n")]
    [InlineData("*1\r\n*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n")]
    [InlineData("*1\r\n*2000\r\n")]
    [InlineData("*1\r\n*2\r\n$5\r\nstate\r\n$99999\r\n")]
    [InlineData("*1\r\n*2\r\n$5\r\nstate\r\n*0\r\n")]
    public async Task ExplainAsync_OfASiloThatAnswersSomethingElse_SaysThatItDoesNot(string reply)
    {
        using var silo = new ScriptedSilo("a");
        silo.Script = async (connection, command) =>
        {
            if (command[0] == "KV.EXPLAIN")
                await connection.SendAsync(Encoding.ASCII.GetBytes(reply));
            return command[0] == "KV.EXPLAIN";
        };
        await using var client = await TestClient.OfAsync(silo);

        var said = Assert.Single(await client.ExplainAsync(new[] { BlockKey.From("kv:m/1") }, TestClient.Long));

        Assert.False(said.Reached);
        Assert.Empty(said.Keys);
    }

    [Fact]
    public async Task ExplainAsync_OfAMissingKey_Throws()
    {
        using var silo = new ScriptedSilo("a");
        await using var client = await TestClient.OfAsync(silo);

        await Assert.ThrowsAsync<ArgumentException>(async () => await client.ExplainAsync(new BlockKey[1]));
    }

    private static async Task<bool> AnswerAsync(ScriptedConnection connection, string[] command, Func<string, string> answer)
    {
        if (command[0] != "KV.EXPLAIN")
            return false;
        await connection.SendAsync(Encoding.ASCII.GetBytes($"*{command.Length - 1}\r\n{string.Concat(command.Skip(1).Select(answer))}"));
        return true;
    }
}
