using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.BadInput;

/// <summary>Whatever a client sends costs it an error or its connection, and nobody else anything.</summary>
[Collection(PlainSiloCollection.Name)]
public sealed class BadInputTests(PlainSilo fixture)
{
    private const string TooLongKey = "-ERR invalid key: a key has 1 to 512 bytes, this one has 513\r\n";

    private SiloUnderTest Silo => fixture.Silo;

    [Theory]
    [InlineData("*x\r\n", "-ERR Protocol error: invalid multibulk length\r\n")]
    [InlineData("*2147483648\r\n", "-ERR Protocol error: invalid multibulk length\r\n")]
    [InlineData("*1000000000\r\n", "-ERR Protocol error: invalid multibulk length\r\n")]
    [InlineData("*2\r\n$3\r\nGET\r\n$-2\r\n", "-ERR Protocol error: invalid bulk length\r\n")]
    [InlineData("*2\r\n$3\r\nGET\r\n$99999999999\r\n", "-ERR Protocol error: invalid bulk length\r\n")]
    [InlineData("*2\r\n$3\r\nGET\r\n$2\r\nabc\r\n", "-ERR Protocol error: invalid bulk length\r\n")]
    [InlineData("*2\r\n$3\r\nGET\r\n+abc\r\n", "-ERR Protocol error: expected '$', got '+'\r\n")]
    [InlineData("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$16777217\r\n", "-ERR Protocol error: invalid bulk length\r\n")]
    [InlineData("*6\r\n$6\r\nKV.SET\r\n$1\r\nk\r\n$3\r\nANY\r\n$1\r\n0\r\n$1\r\n-\r\n$16777217\r\n", "-ERR Protocol error: invalid bulk length\r\n")]
    [InlineData("*7\r\n$6\r\nKV.SET\r\n$1\r\nk\r\n$3\r\nANY\r\n$1\r\n0\r\n$1\r\n-\r\n$9000000\r\n", "-ERR Protocol error: invalid bulk length\r\n")]
    [InlineData("ECHO \"open\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n")]
    public void Frame_ThatIsBroken_IsAnsweredAndCloses(string frame, string expected)
    {
        var before = Silo.Counters.ProtocolErrors;
        using var probe = Silo.Connect();

        probe.Send(frame);

        Assert.Equal(expected, probe.ReadToEnd());
        Assert.Equal(before + 1, Silo.Counters.ProtocolErrors);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: 10.0.0.7:6380\r\n")]
    public void Request_OfABrowser_ClosesBeforeItsBodyIsRun(string head)
    {
        using var probe = Silo.Connect();

        probe.Send(head + "Accept: */*\r\n\r\nSET browsed 1\r\n");

        Assert.StartsWith("-ERR ", probe.ReadToEnd(), StringComparison.Ordinal);
        Assert.False(Silo.Store.TryGetInfo("browsed"u8, out _));
    }

    [Fact]
    public void Value_LongerThanItSaid_ClosesTheConnectionAndStoresNothing()
    {
        using var probe = Silo.Connect();

        probe.Send("*3\r\n$3\r\nSET\r\n$4\r\nlied\r\n$20000\r\n" + new string('x', 20_010) + "\r\n");

        Assert.Equal("-ERR Protocol error: invalid bulk length\r\n", probe.ReadToEnd());
        Assert.False(Silo.Store.TryGetInfo("lied"u8, out _));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task Key_OverTheLimit_IsRefusedAndTheConnectionLives(int bytes)
    {
        using var probe = Silo.Connect();
        var key = new string('k', 513);

        Assert.Equal(TooLongKey, probe.Ask("SET", key, new string('v', bytes)));
        Assert.Equal(TooLongKey, probe.Ask("KV.SET", key, "ANY", "0", "-", new string('v', bytes)));
        Assert.Equal("$-1\r\n", probe.Ask("GET", key));
        Assert.Equal("*-1\r\n", probe.Ask("KV.GET", key));
        Assert.Equal(":0\r\n", probe.Ask("DEL", key));
        Assert.Equal(":0\r\n", probe.Ask("EXPIRE", key, "1"));
        Assert.Equal(":-2\r\n", probe.Ask("TTL", key));
        Assert.Equal("*3\r\n:0\r\n:0\r\n$-1\r\n", probe.Ask("KV.MATCH", "10", key));
        await Silo.NothingIsStagedAsync();
    }

    [Fact]
    public void Key_OfExactlyTheLimit_IsAKey()
    {
        using var probe = Silo.Connect();
        var key = new string('k', 512);

        Assert.Equal("+OK\r\n", probe.Ask("SET", key, "v"));
        Assert.Equal("$1\r\nv\r\n", probe.Ask("GET", key));
        Assert.Equal(":1\r\n", probe.Ask("DEL", key));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(900_000)]
    public async Task BlockSet_WithAWrongCount_IsRefusedAndTheConnectionLives(int bytes)
    {
        using var probe = Silo.Connect();
        var payload = new string('v', bytes);

        Assert.Equal("-ERR wrong number of arguments for 'kv.set' command\r\n", probe.Ask("KV.SET", "k", "ANY", "0", payload));
        Assert.Equal("-ERR syntax error\r\n", probe.Ask("KV.SET", "k", "ANY", "0", "-", "LOCAL", payload, "more"));
        Assert.Equal("-ERR wrong number of arguments for 'kv.set' command\r\n", probe.Ask("KV.SET", "k", "ANY", "0", "-", "LOCAL", "PARENT", "p", payload, "more"));
        Assert.Equal("+PONG\r\n", probe.Ask("PING"));
        await Silo.NothingIsStagedAsync();
    }

    [Fact]
    public async Task Set_WithALargeValueAndABadOption_IsRefusedAndFreed()
    {
        using var probe = Silo.Connect();

        Assert.Equal("-ERR syntax error\r\n", probe.Ask("SET", "k", new string('v', 2_000_000), "FOO"));
        Assert.Equal("-ERR invalid expire time in 'set' command\r\n", probe.Ask("SET", "k", new string('v', 2_000_000), "EX", "0"));
        Assert.Equal("$-1\r\n", probe.Ask("GET", "k"));
        await Silo.NothingIsStagedAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Value_CutOffHalfway_IsFreed(bool reset)
    {
        using var other = Silo.Connect();
        using var probe = Silo.Connect();
        probe.Send("*3\r\n$3\r\nSET\r\n$3\r\ncut\r\n$5000000\r\n" + new string('x', 100_000));
        await Silo.SomethingIsStagedAsync();
        Assert.Equal("+PONG\r\n", other.Ask("PING"));

        if (reset)
            probe.Cut();
        else
            probe.EndSending();

        await Silo.NothingIsStagedAsync();
        Assert.Equal("$-1\r\n", other.Ask("GET", "cut"));
    }

    [Fact]
    public void Bytes_OfEveryKind_HarmNobody()
    {
        using var other = Silo.Connect();
        var random = new Random(4711);
        for (var round = 0; round < 200; round++)
        {
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            if (round % 2 == 0)
                "*2\r\n$3\r\nGET\r\n"u8[..Math.Min(bytes.Length, 12)].CopyTo(bytes);
            using var probe = Silo.Connect();
            probe.Send(bytes);
            probe.EndSending();
            probe.ReadToEnd();
        }

        Assert.Equal("+PONG\r\n", other.Ask("PING"));
    }
}
