using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Routing;

/// <summary>Every command gives the same answer through every silo.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class AnySiloTests(TwoSilos fixture)
{
    private const string Register = "any/";
    private const string WriteOnce = "kv:any/";

    private SilosUnderTest Silos => fixture.Silos;

    private SiloUnderTest Owner => Silos[0];

    private SiloUnderTest Other => Silos[1];

    [Theory]
    [InlineData(Register, 5)]
    [InlineData(Register, 0)]
    [InlineData(Register, 300_000)]
    [InlineData(Register, 3_000_000)]
    [InlineData(WriteOnce, 5)]
    [InlineData(WriteOnce, 0)]
    [InlineData(WriteOnce, 300_000)]
    [InlineData(WriteOnce, 3_000_000)]
    public async Task Reads_ThroughAnySilo_AnswerAsTheOwner(string prefix, int bytes)
    {
        var key = Silos.KeyOf(Owner, $"{prefix}read{bytes}-");
        using var owner = Owner.Connect();
        using var other = Other.Connect();
        Assert.Equal("+OK\r\n", owner.Ask("SET", key, new string('v', bytes), "EX", "500"));
        string[][] commands =
        [
            ["GET", key], ["KV.GET", key], ["STRLEN", key], ["EXISTS", key], ["EXISTS", key, key], ["TTL", key], ["MGET", key], ["MGET", key, "none", key],
            ["KV.GET", key, "VERSION", "1-0000000000000001-1-0"],
        ];

        foreach (var command in commands)
            Assert.Equal(owner.Ask(command), other.Ask(command));
        Assert.InRange(long.Parse(other.Ask("PTTL", key)[1..]), 400_000, 500_000);
        var version = owner.Ask("KV.GET", key).Split("\r\n")[1][1..];
        Assert.Equal(owner.Ask("KV.GET", key), other.Ask("KV.GET", key, "VERSION", version));
        Assert.Equal(":1\r\n", other.Ask("DEL", key));
        foreach (var command in commands)
            Assert.Equal(owner.Ask(command), other.Ask(command));
        Assert.Equal(":-2\r\n", other.Ask("PTTL", key));
        await Other.NothingIsStagedAsync();
        await Owner.NothingIsStagedAsync();
    }

    [Theory]
    [InlineData(Register)]
    [InlineData(WriteOnce)]
    public async Task Writes_ThroughTheWrongSilo_AreTheOwners(string prefix)
    {
        var key = Silos.KeyOf(Owner, $"{prefix}write");
        using var owner = Owner.Connect();
        using var other = Other.Connect();

        Assert.Equal("$-1\r\n", other.Ask("SET", key, "v", "XX"));
        Assert.Equal("+OK\r\n", other.Ask("SET", key, "v", "NX", "PX", "400000"));
        Assert.Equal("$-1\r\n", other.Ask("SET", key, "w", "NX"));
        Assert.Equal("$1\r\nv\r\n", owner.Ask("GET", key));
        Assert.Equal(":400\r\n", owner.Ask("TTL", key));
        Assert.Equal("+OK\r\n", other.Ask("SET", key, "w", "XX", "KEEPTTL"));
        Assert.Equal(prefix == Register ? "$1\r\nw\r\n" : "$1\r\nv\r\n", owner.Ask("GET", key));
        Assert.Equal(":400\r\n", owner.Ask("TTL", key));
        Assert.Equal(":1\r\n", other.Ask("EXPIRE", key, "900"));
        Assert.Equal(":900\r\n", owner.Ask("TTL", key));
        Assert.Equal(":1\r\n", other.Ask("EXPIRE", key, "-1"));
        Assert.Equal(":0\r\n", other.Ask("EXPIRE", key, "10"));
        Assert.Equal(":0\r\n", owner.Ask("EXISTS", key));
        Assert.Equal(0, Owner.Store.GetStatistics().StagedBytes);
        await Other.NothingIsStagedAsync();
    }

    [Fact]
    public void ConditionalWrites_ThroughTheWrongSilo_AreDecidedByTheVersion()
    {
        var key = Silos.KeyOf(Owner, "any/cond");
        using var owner = Owner.Connect();
        using var other = Other.Connect();
        var none = other.Ask("KV.SET", key, "1-0000000000000001-1-0", "0", "-", "0");
        var one = other.Ask("KV.SET", key, "ABSENT", "0", "-", "1").Split("\r\n");
        var refused = other.Ask("KV.SET", key, "ABSENT", "0", "-", "2").Split("\r\n");
        var two = other.Ask("KV.SET", key, one[2][1..], "0", BlockChecksum.Of("3"u8).ToString(), "LOCAL", "3").Split("\r\n");

        Assert.Equal("*2\r\n+conflict\r\n+-\r\n", none);
        Assert.Equal(("+accepted", "+conflict", "+accepted"), (one[1], refused[1], two[1]));
        Assert.Equal(one[2], refused[2]);
        Assert.StartsWith($"*3\r\n{two[2]}\r\n", owner.Ask("KV.GET", key), StringComparison.Ordinal);
        Assert.StartsWith("*2\r\n+accepted\r\n", other.Ask("KV.SET", key, "PRESENT", "KEEP", "-", "REPLICATED", "4"), StringComparison.Ordinal);
        Assert.StartsWith("-CHECKSUM ", other.Ask("KV.SET", key, "ANY", "0", "0000000000000000", "5"), StringComparison.Ordinal);
        Assert.Equal("$1\r\n4\r\n", owner.Ask("GET", key));
        Assert.Equal(":1\r\n", other.Ask("UNLINK", key));
    }

    [Theory]
    [InlineData(Register)]
    [InlineData(WriteOnce)]
    public void CommandsOfManyKeys_OfBothSilos_AreSplit(string prefix)
    {
        string[] keys = [.. Enumerable.Range(0, 300).Select(i => $"{prefix}many{i}")];
        using var owner = Owner.Connect();
        using var other = Other.Connect();
        foreach (var key in keys)
            other.Send(RespProbe.Frame("SET", key, key));
        Assert.All(other.ReadReplies(keys.Length), reply => Assert.Equal("+OK\r\n", reply));
        var values = $"*300\r\n{string.Concat(keys.Select(key => $"${key.Length}\r\n{key}\r\n"))}";

        Assert.Equal(values, owner.Ask(["MGET", .. keys]));
        Assert.Equal(values, other.Ask(["MGET", .. keys]));
        Assert.Equal(":301\r\n", owner.Ask(["EXISTS", .. keys, "none", keys[0]]));
        Assert.Equal(":301\r\n", other.Ask(["EXISTS", .. keys, "none", keys[0]]));
        Assert.Equal(":200\r\n", owner.Ask(["DEL", .. keys[..200], "none"]));
        Assert.Equal(":100\r\n", other.Ask(["UNLINK", .. keys]));
        Assert.Equal(0, Silos.All.Sum(silo => silo.Store.GetStatistics().Blocks));
    }

    [Fact]
    public void Pipeline_ThroughTheWrongSilo_KeepsItsOrder()
    {
        var key = Silos.KeyOf(Owner, "any/pipe");
        var near = Silos.KeyOf(Other, "any/pipe");
        using var other = Other.Connect();
        for (var i = 0; i < 200; i++)
        {
            other.Send(RespProbe.Frame("SET", key, $"{i}"));
            other.Send(RespProbe.Frame("SET", near, $"{i}"));
            other.Send(RespProbe.Frame("GET", key));
            other.Send(RespProbe.Frame("MGET", near, key));
        }

        for (var i = 0; i < 200; i++)
        {
            var value = $"${$"{i}".Length}\r\n{i}\r\n";
            Assert.Equal(["+OK\r\n", "+OK\r\n", value, $"*2\r\n{value}{value}"], other.ReadReplies(4));
        }

        Assert.Equal(":2\r\n", other.Ask("DEL", key, near));
    }

    [Fact]
    public void Commands_OfAPeer_AreNeverSentOn()
    {
        var key = Silos.KeyOf(Owner, "any/peer");
        var block = Silos.KeyOf(Owner, "kv:any/peer");
        using var owner = Owner.Connect();
        using var peer = Other.Connect();
        Assert.Equal("+OK\r\n", owner.Ask("SET", key, "v"));
        Assert.Equal("+OK\r\n", owner.Ask("SET", block, "v", "PX", "90000"));
        var refusal = $"-NOTOWNER {Other.Map.Current.Id} another silo owns this key; refresh the cluster map\r\n";

        Assert.Equal("+OK\r\n", peer.Ask("KV.PEER", "some silo"));
        foreach (var one in new[] { key, block })
        {
            string[][] commands =
            [
                ["GET", one], ["KV.GET", one], ["STRLEN", one], ["EXISTS", one], ["TTL", one], ["PTTL", one], ["SET", one, "w"], ["DEL", one], ["EXPIRE", one, "5"],
                ["KV.SET", one, "ANY", "0", "-", "w"],
            ];
            Assert.All(commands, command => Assert.Equal(refusal, peer.Ask(command)));
            Assert.Equal("*-1\r\n", peer.Ask("KV.PULL", one));
        }

        Assert.Equal("+OK\r\n", owner.Ask("KV.PEER", "another"));
        Assert.Equal("*-1\r\n", owner.Ask("KV.PULL", key));
        var pulled = owner.Ask("KV.PULL", block).Split("\r\n");
        Assert.Equal(("*4", $"+{BlockChecksum.Of("v"u8)}", "$1", "v"), (pulled[0], pulled[2], pulled[4], pulled[5]));
        Assert.InRange(long.Parse(pulled[3][1..]), 1_000, 90_000);
        Assert.Equal("*-1\r\n", owner.Ask("KV.PULL", block, "1-0000000000000001-1-0"));
        Assert.Equal(":2\r\n", owner.Ask("DEL", key, block));
    }

    [Fact]
    public void Match_OfKeysOfAnotherSilo_CannotSayMore()
    {
        var mine = Silos.KeyOf(Other, "kv:any/match");
        var absent = Silos.KeyOf(Other, "kv:any/match", 1);
        var theirs = Silos.KeyOf(Owner, "kv:any/match");
        using var other = Other.Connect();
        Assert.Equal("+OK\r\n", other.Ask("SET", mine, "v"));
        Assert.Equal("+OK\r\n", other.Ask("SET", theirs, "v"));

        var reply = other.Ask("KV.MATCH", "1000", mine, absent, theirs).Split("\r\n");

        Assert.Equal("*5", reply[0]);
        Assert.EndsWith(" 1", reply[3], StringComparison.Ordinal);
        Assert.Equal(["$-1", $":{Other.Map.Current.Id}", ""], reply[4..]);
        Assert.Equal(":2\r\n", other.Ask("DEL", mine, theirs));
    }
}
