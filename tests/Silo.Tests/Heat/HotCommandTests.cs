using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Heat;

/// <summary><c>KV.HOT</c> as docs/data-plane.md has it, of a silo alone: it has nobody to spread to.</summary>
[Collection(PlainSiloCollection.Name)]
public sealed class HotCommandTests(PlainSilo fixture)
{
    private const string BadNumber = "-ERR invalid number: accepted are 0, for the whole list, and numbers up to 9223372036854775807\r\n";
    private const string BadKeys = "-ERR invalid keys: accepted are 0 to 64, each followed by bytes\r\n";
    private const string BadBytes = "-ERR invalid bytes: accepted are 0 to 9223372036854775807\r\n";

    private SiloUnderTest Silo => fixture.Silo;

    [Theory]
    [InlineData("KV.HOT", "-ERR wrong number of arguments for 'kv.hot' command\r\n")]
    [InlineData("KV.HOT -1", BadNumber)]
    [InlineData("KV.HOT x", BadNumber)]
    [InlineData("KV.HOT 9223372036854775808", BadNumber)]
    [InlineData("KV.HOT 0 k", BadKeys)]
    [InlineData("KV.HOT 0 k -1", BadBytes)]
    [InlineData("KV.HOT 0 k 1x", BadBytes)]
    [InlineData("KV.HOT 0  1", "-ERR invalid key: a key has 1 to 512 bytes, this one has 0\r\n")]
    public void Hot_WithBadArguments_SaysWhatItAccepts(string command, string expected)
    {
        using var probe = Silo.Connect();
        Assert.Equal(expected, probe.Ask(command.Split(' ')));
    }

    [Fact]
    public void Hot_WithMoreKeysThanItTakes_SaysSo()
    {
        using var probe = Silo.Connect();
        Assert.Equal(BadKeys, probe.Ask(["KV.HOT", "0", .. Enumerable.Repeat<string[]>(["k", "1"], 65).SelectMany(pair => pair)]));
        Assert.StartsWith("*3\r\n", probe.Ask(["KV.HOT", "0", .. Enumerable.Repeat<string[]>(["k", "1"], 64).SelectMany(pair => pair)]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2", "$-1\r\n")]
    [InlineData("3", "_\r\n")]
    public void Hot_OfTheNumberThatIsKnown_HasNoEntries(string protocol, string nothing)
    {
        using var probe = Silo.Connect();
        probe.Ask("HELLO", protocol);
        var whole = probe.Ask("KV.HOT", "0");
        Assert.EndsWith("*0\r\n", whole, StringComparison.Ordinal);
        var number = whole.Split("\r\n")[1][1..];
        Assert.EndsWith(nothing, probe.Ask("KV.HOT", number), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hot_WhatWasReadNearAClient_CountsAsRead()
    {
        using var probe = Silo.Connect();
        probe.Ask("SET", "kv:hot/near", "value");
        await Eventually.HoldsAsync(() =>
        {
            probe.Ask("KV.HOT", "0", "kv:hot/near", "10000", "kv:hot/none", "1");
            return Number(probe) > 5_000;
        }, "the reads count");
        // More than can have been read is not believed.
        probe.Ask("KV.HOT", "0", "kv:hot/near", "9223372036854775807");
        Assert.InRange(Number(probe), 0, 1_000_000_000);
        Assert.Contains("bytes-per-second", probe.Ask("KV.EXPLAIN", "kv:hot/near"), StringComparison.Ordinal);

        static long Number(RespProbe probe) => long.Parse(probe.Ask("KV.HOT", "0").Split("\r\n")[2][1..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
