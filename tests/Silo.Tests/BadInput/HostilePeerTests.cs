using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.BadInput;

/// <summary>Who says that it is a silo is believed no more than anybody else: what it sends wrongly is refused and changes nothing.</summary>
[Collection(PlainSiloCollection.Name)]
public sealed class HostilePeerTests(PlainSilo fixture)
{
    private const string Syntax = "-ERR syntax error\r\n";
    private const string Condition = "-ERR invalid condition: accepted are ANY, ABSENT, PRESENT and a version\r\n";
    private const string Checksum = "-ERR invalid checksum: accepted are 16 hex digits, and - for none\r\n";
    private const string TimeToLive = "-ERR invalid ttl-ms: ";
    private const string Name = "-ERR invalid name: accepted are 1 to 256 characters\r\n";
    private const string NotAPeer = "-ERR KV.PULL is for silos; begin with KV.PEER\r\n";

    private SiloUnderTest Silo => fixture.Silo;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commands_ThatAreMalformed_AreRefusedAndChangeNothing(bool isPeer)
    {
        var key = $"kv:hostile/{isPeer}";
        using var probe = Silo.Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", key, "v"));
        var before = (probe.Ask("KV.GET", key), Silo.Store.GetStatistics().Blocks);
        if (isPeer)
            Assert.Equal("+OK\r\n", probe.Ask("KV.PEER", "x"));
        var (long1, large) = (new string('9', 400), new string('v', 300_000));
        (string Expected, string[] Command)[] commands =
        [
            (Wrong("kv.peer"), ["KV.PEER"]),
            (Wrong("kv.peer"), ["KV.PEER", "a", "b"]),
            (Name, ["KV.PEER", ""]),
            (Name, ["KV.PEER", new string('n', 1025)]),
            (Wrong("kv.pull"), ["KV.PULL"]),
            (Syntax, ["KV.PULL", key, "1-0000000000000001-1-0", "more"]),
            (Syntax, ["KV.PULL", key, "garbage"]),
            (Syntax, ["KV.PULL", key, ""]),
            (Syntax, ["KV.PULL", key, "1-1-1-1"]),
            (Syntax, ["KV.PULL", key, "1-0000000000000001-0-0"]),
            (Syntax, ["KV.PULL", key, "-1-0000000000000001-1-0"]),
            (Syntax, ["KV.PULL", key, "01-0000000000000001-1-0"]),
            (Syntax, ["KV.PULL", key, "1-000000000000000G-1-0"]),
            (Syntax, ["KV.PULL", key, "1-0000000000000001-1-65536"]),
            (Syntax, ["KV.PULL", key, "1-0000000000000001-1-0\0"]),
            (Syntax, ["KV.PULL", key, $"{long1}-0000000000000001-1-0"]),
            (Syntax, ["KV.GET", key, "VERSION"]),
            (Syntax, ["KV.GET", key, "VERSION", "garbage"]),
            (Syntax, ["KV.GET", key, "VERSIONS", "1-0000000000000001-1-0"]),
            (Wrong("kv.set"), ["KV.SET"]),
            (Wrong("kv.set"), ["KV.SET", key, "ANY", "0", "-"]),
            (Syntax, ["KV.SET", key, "ANY", "0", "-", "LOCAL", "more", "w"]),
            (Wrong("kv.set"), ["KV.SET", key, "ANY", "0", "-", "LOCAL", "PARENT", "more", "and more", "w"]),
            ("-ERR invalid parent", ["KV.SET", key, "ANY", "0", "-", "PARENT", "", large]),
            ("-ERR invalid parent", ["KV.SET", key, "ANY", "0", "-", "LOCAL", "PARENT", new string('k', 513), large]),
            ("-ERR invalid parent", ["KV.SET", key, "ANY", "0", "-", "PARENT", key, "w"]),
            (Condition, ["KV.SET", key, "garbage", "0", "-", "w"]),
            (Condition, ["KV.SET", key, "", "0", "-", large]),
            (Condition, ["KV.SET", key, "1-0000000000000001-1", "0", "-", "w"]),
            (Condition, ["KV.SET", key, "9223372036854775808-0000000000000001-1-0", "0", "-", "w"]),
            (TimeToLive, ["KV.SET", key, "ANY", "-1", "-", "w"]),
            (TimeToLive, ["KV.SET", key, "ANY", "1.5", "-", large]),
            (TimeToLive, ["KV.SET", key, "ANY", long1, "-", "w"]),
            (TimeToLive, ["KV.SET", key, "ANY", "31536000000001", "-", "w"]),
            (Checksum, ["KV.SET", key, "ANY", "0", "", "w"]),
            (Checksum, ["KV.SET", key, "ANY", "0", "0123456789abcde", "w"]),
            (Checksum, ["KV.SET", key, "ANY", "0", "0123456789abcdeg", large]),
            ("-CHECKSUM ", ["KV.SET", key, "ANY", "0", "0123456789abcdef", "w"]),
            ("-CHECKSUM ", ["KV.SET", key, "ANY", "0", "0123456789abcdef", large]),
            ("-ERR invalid concern", ["KV.SET", key, "ANY", "0", "-", "EVERYWHERE", "w"]),
            ("-ERR invalid concern", ["KV.SET", key, "ANY", "0", "-", "", large]),
            ("-ERR invalid key", ["KV.SET", "", "ANY", "0", "-", "w"]),
            ("-ERR invalid key", ["KV.SET", new string('k', 513), "ANY", "0", "-", large]),
            ("-ERR unknown command 'KV.OFFER'", ["KV.OFFER", key]),
            ("-ERR unknown command 'KV.PEERS'", ["KV.PEERS", "x"]),
            ("*-1\r\n", ["KV.GET", key, "VERSION", "1-ffffffffffffffff-1-0"]),
        ];

        Assert.All(commands, one => Assert.StartsWith(one.Expected, probe.Ask(one.Command), StringComparison.Ordinal));

        using var another = Silo.Connect();
        Assert.Equal(before, (another.Ask("KV.GET", key), Silo.Store.GetStatistics().Blocks));
        await Silo.NothingIsStagedAsync();
        Assert.Equal(":1\r\n", another.Ask("DEL", key));
    }

    [Fact]
    public void Pull_OnAConnectionThatIsNoPeers_IsRefused()
    {
        using var probe = Silo.Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", "kv:pulled", "v"));

        Assert.Equal(NotAPeer, probe.Ask("KV.PULL", "kv:pulled"));
        Assert.Equal(Wrong("kv.peer"), probe.Ask("KV.PEER"));
        Assert.Equal(Name, probe.Ask("KV.PEER", ""));
        Assert.Equal(NotAPeer, probe.Ask("KV.PULL", "kv:pulled", "1-0000000000000001-1-0"));

        Assert.Equal("+OK\r\n", probe.Ask("KV.PEER", "y"));
        Assert.StartsWith("*4\r\n", probe.Ask("KV.PULL", "kv:pulled"), StringComparison.Ordinal);
        Assert.Equal("*-1\r\n", probe.Ask("KV.PULL", ""));
        Assert.Equal("*-1\r\n", probe.Ask("KV.PULL", new string('k', 513)));
        Assert.Equal(":1\r\n", probe.Ask("DEL", "kv:pulled"));
    }

    [Theory]
    [InlineData("*6\r\n$6\r\nKV.SET\r\n$4\r\nlied\r\n$3\r\nANY\r\n$1\r\n0\r\n$1\r\n-\r\n$20000\r\n", 20_010)]
    [InlineData("*6\r\n$6\r\nKV.SET\r\n$4\r\nlied\r\n$3\r\nANY\r\n$1\r\n0\r\n$1\r\n-\r\n$3000000\r\n", 3_000_010)]
    [InlineData("*6\r\n$6\r\nKV.SET\r\n$4\r\nlied\r\n$3\r\nANY\r\n$1\r\n0\r\n$1\r\n-\r\n$99999999999\r\n", 10)]
    [InlineData("*6\r\n$6\r\nKV.SET\r\n$4\r\nlied\r\n$3\r\nANY\r\n$1\r\n0\r\n$1\r\n-\r\n$-5\r\n", 10)]
    [InlineData("*3\r\n$7\r\nKV.PULL\r\n$4\r\nlied\r\n$99999999\r\n", 10)]
    [InlineData("*2\r\n$7\r\nKV.PEER\r\n$3\r\n", 20)]
    public async Task Lengths_ThatAreLies_CloseTheConnectionAndStoreNothing(string head, int sent)
    {
        using var probe = Silo.Connect();
        Assert.Equal("+OK\r\n", probe.Ask("KV.PEER", "liar"));

        probe.Send(head + new string('x', sent) + "\r\n");

        Assert.Equal("-ERR Protocol error: invalid bulk length\r\n", probe.ReadToEnd());
        Assert.False(Silo.Store.TryGetInfo("lied"u8, out _));
        await Silo.NothingIsStagedAsync();
    }

    [Fact]
    public async Task Peer_ThatDoesNotKnowThePassword_IsNobody()
    {
        await using var silo = await SiloUnderTest.StartAsync(("DataPlane:Password", "the password"));
        using var owner = silo.Connect();
        Assert.Equal("+OK\r\n", owner.Ask("AUTH", "the password"));
        Assert.Equal("+OK\r\n", owner.Ask("SET", "kv:secret", "v"));
        using var peer = silo.Connect();
        string[][] commands =
        [
            ["KV.PEER", "a silo"], ["KV.PULL", "kv:secret"], ["KV.GET", "kv:secret"], ["KV.SET", "kv:secret", "ANY", "0", "-", "w"], ["KV.SET", "new", "ANY", "0", "-", "w"],
            ["KV.MATCH", "1000", "kv:secret"], ["KV.RELEASE", "1"], ["DEL", "kv:secret"],
        ];

        Assert.All(commands, command => Assert.Equal("-NOAUTH Authentication required.\r\n", peer.Ask(command)));
        Assert.StartsWith("-WRONGPASS ", peer.Ask("AUTH", "another"), StringComparison.Ordinal);
        Assert.All(commands, command => Assert.Equal("-NOAUTH Authentication required.\r\n", peer.Ask(command)));

        Assert.Equal("$1\r\nv\r\n", owner.Ask("GET", "kv:secret"));
        Assert.False(silo.Store.TryGetInfo("new"u8, out _));
        await silo.NothingIsStagedAsync();
        Assert.Equal("+OK\r\n", peer.Ask("AUTH", "the password"));
        Assert.Equal(NotAPeer, peer.Ask("KV.PULL", "kv:secret"));
        Assert.Equal("+OK\r\n", peer.Ask("KV.PEER", "a silo"));
        Assert.StartsWith("*4\r\n", peer.Ask("KV.PULL", "kv:secret"), StringComparison.Ordinal);
    }

    private static string Wrong(string command) => $"-ERR wrong number of arguments for '{command}' command\r\n";
}
