using System.Text;
using KvOrleans.Client.Draining;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Errors;

namespace KvOrleans.Client.Tests.Status;

public sealed class DrainTests
{
    [Theory]
    [InlineData("*4\r\n+drained\r\n:12\r\n:10\r\n:0\r\n", SiloDrainOutcome.Drained, 12, 10, 0)]
    [InlineData("*4\r\n+cut-short\r\n:12\r\n:10\r\n:7\r\n", SiloDrainOutcome.CutShort, 12, 10, 7)]
    [InlineData("*4\r\n+not-drained\r\n:0\r\n:0\r\n:9\r\n", SiloDrainOutcome.NotDrained, 0, 0, 9)]
    public async Task DrainSiloAsync_Waiting_ReadsHowItEnded(string reply, SiloDrainOutcome outcome, long offered, long given, long left)
    {
        using var silo = new ScriptedSilo("a");
        using var other = new ScriptedSilo("b");
        await using var client = await TestClient.OfAsync(silo, other);
        silo.Script = Answers(reply, "KV.DRAIN", "WAIT");
        other.Script = (_, command) => throw new InvalidOperationException($"the wrong silo was told {command[0]}");

        Assert.Equal(new(outcome, offered, given, left), await client.DrainSiloAsync(silo.Descriptor.Life, wait: true, TestClient.Long));
    }

    [Fact]
    public async Task DrainSiloAsync_NotWaiting_ReturnsWhenItWasTold()
    {
        using var silo = new ScriptedSilo("a");
        await using var client = await TestClient.OfAsync(silo);
        silo.Script = Answers("+OK\r\n", "KV.DRAIN");

        Assert.Equal(SiloDrainOutcome.Begun, (await client.DrainSiloAsync(silo.Descriptor.Life, wait: false, TestClient.Long)).Outcome);
    }

    [Theory]
    [InlineData("-ERR unknown command 'KV.DRAIN'\r\n", "it answered ERR unknown command")]
    [InlineData(":1\r\n", "that is none of KV.DRAIN")]
    [InlineData("*4\r\n+drained\r\n+x\r\n:0\r\n:0\r\n", "A number was expected")]
    public async Task DrainSiloAsync_ASiloDoesNotKnowTheCommandOrTheAnswer_Throws(string reply, string why)
    {
        using var silo = new ScriptedSilo("a");
        await using var client = await TestClient.OfAsync(silo);
        silo.Script = Answers(reply, "KV.DRAIN", "WAIT");

        var error = await Assert.ThrowsAsync<CacheException>(async () => await client.DrainSiloAsync(silo.Descriptor.Life, wait: true, TestClient.Long));

        Assert.Contains(why, error.Message);
    }

    [Fact]
    public async Task DrainSiloAsync_DeadlineOfTheWait_LeavesItBegun()
    {
        using var silo = new ScriptedSilo("a");
        await using var client = await TestClient.OfAsync(silo);
        silo.Script = (_, command) => Task.FromResult(command[0] == "KV.DRAIN");

        Assert.Equal(SiloDrainOutcome.Begun, (await client.DrainSiloAsync(silo.Descriptor.Life, wait: true, TestClient.Short)).Outcome);
    }

    [Fact]
    public async Task DrainSiloAsync_SiloOfNoMap_Throws()
    {
        using var silo = new ScriptedSilo("a");
        await using var client = await TestClient.OfAsync(silo);

        await Assert.ThrowsAsync<CacheException>(async () => await client.DrainSiloAsync(new(0xdead), wait: false, TestClient.Long));
    }

    private static Func<ScriptedConnection, string[], Task<bool>> Answers(string reply, params string[] question) => async (connection, command) =>
    {
        if (!command.SequenceEqual(question))
            return false;
        await connection.SendAsync(Encoding.ASCII.GetBytes(reply));
        return true;
    };
}
