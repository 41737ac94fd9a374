using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Digests;

/// <summary><c>KV.DIGEST</c> as docs/matching.md has it.</summary>
[Collection(PlainSiloCollection.Name)]
public sealed class DigestTests(PlainSilo fixture)
{
    private SiloUnderTest Silo => fixture.Silo;

    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public void Digest_FollowsWhatComesAndGoes(string protocol)
    {
        using var probe = Silo.Connect();
        probe.Ask("HELLO", protocol);
        var digest = new DigestCopy(probe).Refresh();
        Assert.False(digest.MayHave("kv:digest/1"));

        probe.Ask("SET", "kv:digest/1", "v");
        Assert.Equal(1, digest.Refresh().Changes);
        Assert.True(digest.MayHave("kv:digest/1"));
        Assert.Equal(0, digest.Refresh().Changes);

        probe.Ask("DEL", "kv:digest/1");
        Assert.Equal(1, digest.Refresh().Changes);
        Assert.False(digest.MayHave("kv:digest/1"));
    }

    [Fact]
    public void Digest_OfALoneSilo_HasItsMapAndNobodyPending()
    {
        using var probe = Silo.Connect();
        var digest = new DigestCopy(probe).Refresh();

        var position = Silo.Map.Current.Position;
        Assert.Equal($"{position.Incarnation:x16} {position.Id} {position.Digest:x16}", digest.Map);
        Assert.Empty(digest.Pending);
    }

    [Theory]
    [InlineData("KV.DIGEST", "-ERR wrong number of arguments for 'kv.digest' command\r\n")]
    [InlineData("KV.DIGEST 1 0 0", "-ERR invalid generation: accepted are 16 hex digits, 0000000000000000 for none\r\n")]
    [InlineData("KV.DIGEST 00000000000000001 0 0", "-ERR invalid generation: accepted are 16 hex digits, 0000000000000000 for none\r\n")]
    [InlineData("KV.DIGEST 000000000000000x 0 0", "-ERR invalid generation: accepted are 16 hex digits, 0000000000000000 for none\r\n")]
    [InlineData("KV.DIGEST 0000000000000000 -1 0", "-ERR invalid since: accepted are 0, for all, and numbers up to 9223372036854775807\r\n")]
    [InlineData("KV.DIGEST 0000000000000000 9223372036854775808 0", "-ERR invalid since: accepted are 0, for all, and numbers up to 9223372036854775807\r\n")]
    [InlineData("KV.DIGEST 0000000000000000 0 -1", "-ERR invalid first: accepted are numbers of blocks from 0 to 2147483647\r\n")]
    [InlineData("KV.DIGEST 0000000000000000 0 2147483648", "-ERR invalid first: accepted are numbers of blocks from 0 to 2147483647\r\n")]
    [InlineData("KV.DIGEST 0000000000000000 0 0x", "-ERR invalid first: accepted are numbers of blocks from 0 to 2147483647\r\n")]
    public void Digest_WithBadArguments_SaysWhatItAccepts(string command, string expected)
    {
        using var probe = Silo.Connect();

        Assert.Equal(expected, probe.Ask(command.Split(' ')));
    }

    [Fact]
    public void Digest_BeyondItsBlocks_IsEmpty()
    {
        using var probe = Silo.Connect();
        var digest = new DigestCopy(probe).Refresh();

        Assert.EndsWith("$0\r\n\r\n", probe.Ask("KV.DIGEST", digest.Generation, "0", "2147483647"), StringComparison.Ordinal);
        Assert.EndsWith("$0\r\n\r\n", probe.Ask("KV.DIGEST", digest.Generation, "9223372036854775807", "0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_AreDescribed()
    {
        using var probe = Silo.Connect();

        Assert.Contains("generation since first", probe.Ask("COMMAND", "DOCS", "KV.DIGEST"), StringComparison.Ordinal);
        Assert.Contains("lease lease-ms", probe.Ask("COMMAND", "DOCS", "KV.EXTEND"), StringComparison.Ordinal);
    }
}
