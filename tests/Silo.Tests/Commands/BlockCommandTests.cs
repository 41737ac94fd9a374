using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Commands;

/// <summary>The commands of our own family, as docs/data-plane.md has them.</summary>
[Collection(PlainSiloCollection.Name)]
public sealed class BlockCommandTests(PlainSilo fixture)
{
    private const string NotThere = "*-1\r\n";

    private SiloUnderTest Silo => fixture.Silo;

    [Theory]
    [InlineData("block")]
    [InlineData("kv:model/block")]
    public void Get_OfABlock_CarriesVersionAndChecksum(string key)
    {
        using var probe = Silo.Connect();
        var (outcome, version) = Set(probe, key, "ANY", "bytes");
        var checksum = BlockChecksum.Of("bytes"u8);

        Assert.Equal("accepted", outcome);
        Assert.Equal($"*3\r\n+{version}\r\n+{checksum}\r\n$5\r\nbytes\r\n", probe.Ask("KV.GET", key));
        Assert.Equal($"*3\r\n+{version}\r\n+{checksum}\r\n$5\r\nbytes\r\n", probe.Ask("KV.GET", key, "VERSION", version));
        Assert.True(BlockVersion.TryParse(version, out var parsed));
        var other = (parsed with { Sequence = parsed.Sequence + 1 }).ToString();
        Assert.Equal(NotThere, probe.Ask("KV.GET", key, "VERSION", other));
        Assert.Equal(":1\r\n", probe.Ask("DEL", key));
        Assert.Equal(NotThere, probe.Ask("KV.GET", key));
    }

    [Theory]
    [InlineData("KV.GET k VERSION", "-ERR syntax error\r\n")]
    [InlineData("KV.GET k VERSION 1", "-ERR syntax error\r\n")]
    [InlineData("KV.GET k FOO 1-0000000000000001-1-0", "-ERR syntax error\r\n")]
    [InlineData("KV.GET", "-ERR wrong number of arguments for 'kv.get' command\r\n")]
    [InlineData("KV.SET k MAYBE 0 - v", "-ERR invalid condition: accepted are ANY, ABSENT, PRESENT and a version\r\n")]
    [InlineData("KV.SET k ANY -1 - v", "-ERR invalid ttl-ms: accepted are 0, for ever, milliseconds up to 31536000000000, and KEEP\r\n")]
    [InlineData("KV.SET k ANY 31536000000001 - v", "-ERR invalid ttl-ms: accepted are 0, for ever, milliseconds up to 31536000000000, and KEEP\r\n")]
    [InlineData("KV.SET k ANY 0 123 v", "-ERR invalid checksum: accepted are 16 hex digits, and - for none\r\n")]
    [InlineData("KV.SET k ANY 0 00112233445566xx v", "-ERR invalid checksum: accepted are 16 hex digits, and - for none\r\n")]
    [InlineData("KV.SET k ANY 0 - SOMETIMES v", "-ERR invalid concern: accepted are LOCAL and REPLICATED\r\n")]
    [InlineData("KV.SET k ANY 0 - LOCAL v w", "-ERR syntax error\r\n")]
    [InlineData("KV.SET k ANY 0 - LOCAL PARENT p v w", "-ERR wrong number of arguments for 'kv.set' command\r\n")]
    [InlineData("KV.SET kv:k ANY 0 - SOMETIMES PARENT p v", "-ERR invalid concern: accepted are LOCAL and REPLICATED\r\n")]
    [InlineData("KV.SET kv:k ANY 0 - LOCAL FATHER p v", "-ERR syntax error\r\n")]
    [InlineData("KV.SET kv:k ANY 0 - PARENT  v", "-ERR invalid parent: a key has 1 to 512 bytes, this one has 0\r\n")]
    [InlineData("KV.SET kv:k ANY 0 - PARENT kv:k v", "-ERR invalid parent: a block is not its own parent\r\n")]
    [InlineData("KV.SET k ANY 0 - PARENT kv:k v", "-ERR invalid parent: only write-once blocks have one, and this key is a register\r\n")]
    [InlineData("KV.PULL k", "-ERR KV.PULL is for silos; begin with KV.PEER\r\n")]
    [InlineData("KV.PULL k 1", "-ERR syntax error\r\n")]
    [InlineData("KV.PEER ", "-ERR invalid name: accepted are 1 to 256 characters\r\n")]
    [InlineData("KV.SET  ANY 0 - v", "-ERR invalid key: a key has 1 to 512 bytes, this one has 0\r\n")]
    [InlineData("KV.MATCH 10", "-ERR wrong number of arguments for 'kv.match' command\r\n")]
    [InlineData("KV.MATCH -1 k", "-ERR invalid lease-ms: accepted are 0, no lease, and milliseconds up to 4294967295\r\n")]
    [InlineData("KV.MATCH x k", "-ERR invalid lease-ms: accepted are 0, no lease, and milliseconds up to 4294967295\r\n")]
    [InlineData("KV.RELEASE x", "-ERR invalid lease or position: accepted are whole numbers, the position 0 or more\r\n")]
    [InlineData("KV.RELEASE 1 -1", "-ERR invalid lease or position: accepted are whole numbers, the position 0 or more\r\n")]
    [InlineData("KV.RELEASE 1 2 3", "-ERR invalid lease or position: accepted are whole numbers, the position 0 or more\r\n")]
    [InlineData("KV.RELEASE 1 99999999999", ":0\r\n")]
    [InlineData("KV.RELEASE 0", ":0\r\n")]
    [InlineData("KV.EXTEND 1", "-ERR wrong number of arguments for 'kv.extend' command\r\n")]
    [InlineData("KV.EXTEND x 1", "-ERR invalid lease: accepted are whole numbers\r\n")]
    [InlineData("KV.EXTEND 1 -1", "-ERR invalid lease-ms: accepted are milliseconds up to 4294967295\r\n")]
    [InlineData("KV.EXTEND 1 4294967296", "-ERR invalid lease-ms: accepted are milliseconds up to 4294967295\r\n")]
    [InlineData("KV.EXTEND 1 1x", "-ERR invalid lease-ms: accepted are milliseconds up to 4294967295\r\n")]
    public void Command_WithBadArguments_SaysWhatItAccepts(string command, string expected)
    {
        using var probe = Silo.Connect();

        Assert.Equal(expected, probe.Ask(command.Split(' ')));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(500_000)]
    public async Task Set_WithAnotherChecksum_ChangesNothing(int bytes)
    {
        using var probe = Silo.Connect();
        Set(probe, "checked", "ANY", "before");
        var payload = new string('p', bytes);
        var right = BlockChecksum.Of(System.Text.Encoding.ASCII.GetBytes(payload)).ToString();

        Assert.StartsWith($"-CHECKSUM the payload was sent as 0000000000000000 and arrived as {right};", probe.Ask("KV.SET", "checked", "ANY", "0", "0000000000000000", payload), StringComparison.Ordinal);
        Assert.Equal("$6\r\nbefore\r\n", probe.Ask("GET", "checked"));
        Assert.StartsWith("*2\r\n+accepted\r\n", probe.Ask("KV.SET", "checked", "ANY", "0", right, payload), StringComparison.Ordinal);
        Assert.Equal(":1\r\n", probe.Ask("DEL", "checked"));
        await Silo.NothingIsStagedAsync();
    }

    [Fact]
    public void Set_UnderConditions_IsDecidedByTheVersion()
    {
        using var probe = Silo.Connect();
        var (first, one) = Set(probe, "cond", "ABSENT", "1");
        var (second, current) = Set(probe, "cond", "ABSENT", "2");
        var (third, three) = Set(probe, "cond", one, "3");
        var (fourth, four) = Set(probe, "cond", one, "4");
        var (fifth, five) = Set(probe, "cond-none", one, "5");

        Assert.Equal(("accepted", "conflict", "accepted", "conflict", "conflict"), (first, second, third, fourth, fifth));
        Assert.Equal((one, three, "-"), (current, four, five));
        Assert.True(BlockVersion.TryParse(one, out var older) && BlockVersion.TryParse(three, out var newer) && newer.Sequence > older.Sequence);
        Assert.Equal("$1\r\n3\r\n", probe.Ask("GET", "cond"));
        Assert.Equal(":1\r\n", probe.Ask("DEL", "cond"));
    }

    [Theory]
    [InlineData("ANY")]
    [InlineData("ABSENT")]
    public void Set_OfAWriteOnceBlock_IsWonByTheFirst(string condition)
    {
        using var probe = Silo.Connect();
        const string Key = "kv:model/once";
        var (_, version) = Set(probe, Key, condition, "first");

        Assert.Equal(("present", version), Set(probe, Key, condition, "first"));
        Assert.Equal(("conflict", version), Set(probe, Key, condition, "other"));
        Assert.Equal(("conflict", version), Set(probe, Key, version, "other"));
        Assert.Equal("+OK\r\n", probe.Ask("SET", Key, "other"));
        Assert.Equal("$-1\r\n", probe.Ask("SET", Key, "other", "NX"));
        Assert.StartsWith($"*3\r\n+{version}\r\n", probe.Ask("KV.GET", Key), StringComparison.Ordinal);
        Assert.Equal("$5\r\nfirst\r\n", probe.Ask("GET", Key));
        Assert.Equal(":1\r\n", probe.Ask("DEL", Key));
        Assert.Equal("+OK\r\n", probe.Ask("SET", Key, "other"));
        Assert.Equal(":1\r\n", probe.Ask("DEL", Key));
    }

    [Fact]
    public void Set_WithATimeToLive_Expires()
    {
        using var probe = Silo.Connect();
        probe.Ask("KV.SET", "mortal", "ANY", "500000", "-", "v");

        Assert.Equal(":500\r\n", probe.Ask("TTL", "mortal"));
        Assert.Equal(":1\r\n", probe.Ask("EXPIRE", "mortal", "-1"));
        Assert.Equal(NotThere, probe.Ask("KV.GET", "mortal"));
    }

    [Fact]
    public void ConditionalWrites_AgainstOneVersion_AreAcceptedExactlyOnce()
    {
        using var left = Silo.Connect();
        using var right = Silo.Connect();
        var (_, version) = Set(left, "race", "ANY", "0");
        for (var round = 1; round <= 200; round++)
        {
            left.Send(RespProbe.Frame("KV.SET", "race", version, "0", "-", $"left {round}"));
            right.Send(RespProbe.Frame("KV.SET", "race", version, "0", "-", $"right {round}"));
            var (ours, theirs) = (Read(left), Read(right));

            Assert.True(ours.Outcome == "accepted" ^ theirs.Outcome == "accepted", $"round {round}: {ours}, {theirs}");
            Assert.Equal(ours.Version, theirs.Version);
            Assert.NotEqual(version, ours.Version);
            version = ours.Version;
        }

        Assert.Equal(":1\r\n", left.Ask("DEL", "race"));
    }

    [Fact]
    public void Match_OfAChain_LeasesWhatIsThereForTheConnection()
    {
        using var probe = Silo.Connect();
        using var other = Silo.Connect();
        var (_, first) = Set(probe, "kv:chain/0", "ANY", "zero");
        var (_, third) = Set(probe, "kv:chain/2", "ANY", "second");

        var reply = probe.Ask("KV.MATCH", "30000", "kv:chain/0", "kv:chain/1", "kv:chain/2").Split("\r\n");
        var lease = reply[1][1..];

        Assert.Equal(["*5", $":{lease}", ":30000", $"+{first} 4", "$-1", $"+{third} 6", ""], reply);
        Assert.NotEqual("0", lease);
        Assert.Equal(":0\r\n", other.Ask("KV.RELEASE", lease));
        Assert.Equal(":1\r\n", probe.Ask("KV.RELEASE", lease, "1"));
        Assert.Equal(":1\r\n", probe.Ask("KV.RELEASE", lease));
        Assert.Equal(":0\r\n", probe.Ask("KV.RELEASE", lease));
        Assert.Equal("*4\r\n:0\r\n:0\r\n$-1\r\n$-1\r\n", probe.Ask("KV.MATCH", "30000", "kv:chain/1", "kv:chain/3"));
        Assert.Equal($"*3\r\n:0\r\n:0\r\n+{first} 4\r\n", probe.Ask("KV.MATCH", "0", "kv:chain/0"));
        Assert.Equal(":60000", probe.Ask("KV.MATCH", "4294967295", "kv:chain/0").Split("\r\n")[2]);
        Assert.Equal(":2\r\n", probe.Ask("DEL", "kv:chain/0", "kv:chain/2"));
    }

    [Fact]
    public void Match_OfThousandsOfKeys_AnswersEach()
    {
        using var probe = Silo.Connect();
        Set(probe, "kv:long/0", "ANY", "v");
        string[] keys = [.. Enumerable.Range(0, 5000).Select(i => $"kv:long/{i}")];

        var reply = probe.Ask(["KV.MATCH", "1000", .. keys]).Split("\r\n");

        Assert.Equal("*5002", reply[0]);
        Assert.EndsWith(" 1", reply[3], StringComparison.Ordinal);
        Assert.All(reply[4..^1], line => Assert.Equal("$-1", line));
        Assert.Equal(":1\r\n", probe.Ask("DEL", "kv:long/0"));
    }

    private static (string Outcome, string Version) Set(RespProbe probe, string key, string condition, string payload)
    {
        probe.Send(RespProbe.Frame("KV.SET", key, condition, "0", "-", payload));
        return Read(probe);
    }

    private static (string Outcome, string Version) Read(RespProbe probe)
    {
        var reply = probe.ReadReply().Split("\r\n");
        Assert.True(reply is ["*2", ['+', ..], ['+', ..], ""], string.Join("\\r\\n", reply));
        return (reply[1][1..], reply[2][1..]);
    }
}
