using KvOrleans.Probes;
using KvOrleans.Silo.DataPlane.Fills;
using KvOrleans.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Silo.Tests.Fills;

/// <summary><c>KV.FILL</c> and <c>KV.FILLED</c>, as docs/matching.md has them.</summary>
[Collection(PlainSiloCollection.Name)]
public sealed class FillCommandTests(PlainSilo fixture)
{
    private const string Yours = "*1\r\n:60000\r\n";

    private SiloUnderTest Silo => fixture.Silo;

    private FillBook Book => Silo.Services.GetRequiredService<FillBook>();

    [Theory]
    [InlineData("KV.FILL 1000", "-ERR wrong number of arguments for 'kv.fill' command\r\n")]
    [InlineData("KV.FILL 0 k", "-ERR invalid lease-ms: accepted are milliseconds from 1 to 4294967295\r\n")]
    [InlineData("KV.FILL -1 k", "-ERR invalid lease-ms: accepted are milliseconds from 1 to 4294967295\r\n")]
    [InlineData("KV.FILL 1s k", "-ERR invalid lease-ms: accepted are milliseconds from 1 to 4294967295\r\n")]
    [InlineData("KV.FILL 4294967296 k", "-ERR invalid lease-ms: accepted are milliseconds from 1 to 4294967295\r\n")]
    [InlineData("KV.FILL 1000 bad-key-before ", "-ERR invalid key: a key has 1 to 512 bytes, this one has 0\r\n")]
    [InlineData("KV.FILLED", "-ERR wrong number of arguments for 'kv.filled' command\r\n")]
    [InlineData("KV.FILLED ", "-ERR invalid key: a key has 1 to 512 bytes, this one has 0\r\n")]
    [InlineData("KV.FILLED never-asked-for", ":0\r\n")]
    public void Command_WithBadArguments_SaysWhatItAccepts(string command, string expected)
    {
        using var probe = Silo.Connect();

        Assert.Equal(expected, probe.Ask(command.Split(' ')));
        Assert.Equal(0, Book.Count);
    }

    [Fact]
    public void Fill_OfManyKeys_HasOneAnswerEach()
    {
        using var filler = Silo.Connect();
        using var other = Silo.Connect();
        var version = Write(other, "kv:fill/here", "bytes");
        Assert.Equal("*1\r\n:5000\r\n", other.Ask("KV.FILL", "5000", "kv:fill/others"));

        var replies = filler.Ask("KV.FILL", "999999", "kv:fill/here", "kv:fill/mine", "kv:fill/others", "kv:fill/mine", "kv:fill/here", "kv:fill/others").Split("\r\n");

        Assert.Equal(["*6", $"+{version} 5", ":60000"], replies[..3]);
        Assert.InRange(int.Parse(replies[3][1..]), -5000, -1);
        Assert.Equal([":60000", $"+{version} 5", replies[3]], replies[4..7]);
        Assert.Equal(":1\r\n", filler.Ask("KV.FILLED", "kv:fill/mine", "kv:fill/others", "kv:fill/mine"));
        Assert.Equal(":1\r\n", other.Ask("KV.FILLED", "kv:fill/others"));
        Assert.Equal(":1\r\n", other.Ask("DEL", "kv:fill/here"));
    }

    [Fact]
    public async Task Fill_ByManyAtOnce_IsGrantedToOne()
    {
        const int Nodes = 64;
        var probes = Enumerable.Range(0, Nodes).Select(_ => Silo.Connect()).ToList();
        for (var round = 0; round < 20; round++)
        {
            var key = $"kv:fill/race/{round}";
            using var start = new ManualResetEventSlim();
            var asking = probes.Select(probe => OwnThread.RunAsync(
                () =>
                {
                    start.Wait(TestContext.Current.CancellationToken);
                    return probe.Ask("KV.FILL", "60000", key);
                })).ToList();
            start.Set();
            var answers = await Task.WhenAll(asking);

            Assert.Single(answers, Yours);
            Assert.Equal(Nodes - 1, answers.Count(answer => answer.StartsWith("*1\r\n:-", StringComparison.Ordinal)));
        }

        probes.ForEach(probe => probe.Dispose());
        await Eventually.HoldsAsync(() => Book.Count == 0, "the fill leases of closed connections have ended");
    }

    [Fact]
    public async Task Fill_WhenTheFillersConnectionCloses_IsTheNextOnes()
    {
        using var waiting = Silo.Connect();
        using (var filler = Silo.Connect())
        {
            Assert.Equal(Yours, filler.Ask("KV.FILL", "60000", "kv:fill/closed"));
            Assert.StartsWith("*1\r\n:-", waiting.Ask("KV.FILL", "60000", "kv:fill/closed"), StringComparison.Ordinal);
        }

        await Eventually.HoldsAsync(() => waiting.Ask("KV.FILL", "60000", "kv:fill/closed") == Yours, "it is the other's to compute");
        Assert.Equal(":1\r\n", waiting.Ask("KV.FILLED", "kv:fill/closed"));
    }

    [Fact]
    public async Task Fill_WhenItsTimeIsOver_IsTheNextOnes()
    {
        using var filler = Silo.Connect();
        using var waiting = Silo.Connect();
        Assert.Equal("*1\r\n:20\r\n", filler.Ask("KV.FILL", "20", "kv:fill/ended"));

        await Eventually.HoldsAsync(() => waiting.Ask("KV.FILL", "60000", "kv:fill/ended") == Yours, "it is the other's to compute");
        Assert.StartsWith("*1\r\n:-", filler.Ask("KV.FILL", "20", "kv:fill/ended"), StringComparison.Ordinal);
        Assert.Equal(":0\r\n", filler.Ask("KV.FILLED", "kv:fill/ended"));
        Assert.Equal(":1\r\n", waiting.Ask("KV.FILLED", "kv:fill/ended"));
    }

    [Fact]
    public async Task Fill_ThatHasEnded_TakesNoRoom()
    {
        using var filler = Silo.Connect();
        Assert.Equal("*1\r\n:1\r\n", filler.Ask("KV.FILL", "1", "kv:fill/forgotten"));

        await Eventually.HoldsAsync(() => Book.Count == 0, "it is forgotten");
    }

    [Theory]
    [InlineData("SET")]
    [InlineData("KV.SET")]
    public async Task Fill_WhenTheBlockWasWritten_IsHereAndTheLeaseIsOver(string command)
    {
        using var filler = Silo.Connect();
        using var writer = Silo.Connect();
        var key = $"kv:fill/written/{command}";
        Assert.Equal(Yours, filler.Ask("KV.FILL", "60000", key));

        var reply = command == "SET" ? writer.Ask("SET", key, "bytes") : writer.Ask("KV.SET", key, "ABSENT", "0", "-", "bytes");

        Assert.DoesNotContain("-", reply[..1], StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => Book.Count == 0, "the arrival has ended the lease");
        Assert.EndsWith(" 5\r\n", writer.Ask("KV.FILL", "60000", key), StringComparison.Ordinal);
        Assert.Equal(":1\r\n", writer.Ask("DEL", key));
    }

    [Fact]
    public void Fill_OfABlockThatCameOtherwise_DropsTheLease()
    {
        using var filler = Silo.Connect();
        Assert.Equal(Yours, filler.Ask("KV.FILL", "60000", "kv:fill/pulled"));
        using (var staged = Silo.Store.TryStage(0)!)
            Assert.True(Silo.Store.TryPublishCopy("kv:fill/pulled"u8, staged, new(1, new(2), 3), null, Storage.Copies.BlockRole.Last));

        Assert.EndsWith(" 0\r\n", filler.Ask("KV.FILL", "60000", "kv:fill/pulled"), StringComparison.Ordinal);
        Assert.Equal(0, Book.Count);
        Assert.Equal(":1\r\n", filler.Ask("DEL", "kv:fill/pulled"));
    }

    private static string Write(RespProbe probe, string key, string value) => probe.Ask("KV.SET", key, "ABSENT", "0", "-", value).Split("\r\n")[2][1..];
}
