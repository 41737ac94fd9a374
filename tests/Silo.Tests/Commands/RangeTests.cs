using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Commands;

/// <summary><c>KV.GET K VERSION V RANGE offset length</c>: a part of a block, with the part's checksum.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class RangeTests(TwoSilos fixture)
{
    private const string Syntax = "-ERR syntax error\r\n";
    private const string NotARange = "-ERR invalid range: accepted are an offset and a length, 0 to 2147483647\r\n";

    private SilosUnderTest Silos => fixture.Silos;

    [Theory]
    [InlineData(100, 0, 100)]
    [InlineData(100, 10, 20)]
    [InlineData(100, 100, 0)]
    [InlineData(0, 0, 0)]
    [InlineData(700_000, 0, 700_000)]
    [InlineData(700_000, 4095, 2)]
    [InlineData(700_000, 1, 699_998)]
    [InlineData(700_000, 655_360, 44_640)]
    [InlineData(5_000_000, 4_194_300, 16)]
    [InlineData(5_000_000, 17, 4_999_983)]
    public void Range_OfABlock_IsThePartWithItsChecksum(int bytes, int offset, int length)
    {
        var key = Silos.KeyOf(Silos[0], $"kv:range/{bytes}/{offset}/{length}/");
        using var owner = Silos[0].Connect();
        using var other = Silos[1].Connect();
        var content = Content(bytes);
        var version = owner.Ask("KV.SET", key, "ABSENT", "0", "-", content).Split("\r\n")[2][1..];
        var part = content.Substring(offset, length);
        var expected = $"*3\r\n+{version}\r\n+{BlockChecksum.Of(Encoding.Latin1.GetBytes(part))}\r\n${length}\r\n{part}\r\n";

        foreach (var probe in new[] { owner, other })
        {
            Assert.Equal(expected, probe.Ask("KV.GET", key, "VERSION", version, "RANGE", $"{offset}", $"{length}"));
            Assert.Equal(
                $"-ERR invalid range: the block has {bytes} bytes; accepted are an offset and a length within them\r\n",
                probe.Ask("KV.GET", key, "version", version, "range", $"{offset}", $"{bytes - offset + 1}"));
            Assert.StartsWith("-ERR invalid range: the block has", probe.Ask("KV.GET", key, "VERSION", version, "RANGE", "2147483647", "2147483647"), StringComparison.Ordinal);
            Assert.Equal("*-1\r\n", probe.Ask("KV.GET", key, "VERSION", "1-0000000000000001-1-0", "RANGE", "0", "0"));
            Assert.Equal("+PONG\r\n", probe.Ask("PING"));
        }

        Assert.Equal(":1\r\n", owner.Ask("DEL", key));
        Assert.Equal("*-1\r\n", owner.Ask("KV.GET", key, "VERSION", version, "RANGE", "0", "0"));
        Assert.Equal("*-1\r\n", other.Ask("KV.GET", key, "VERSION", version, "RANGE", "0", "0"));
    }

    [Fact]
    public void Range_OfABlockInManyPieces_IsThePart()
    {
        using var probe = Silos[0].Connect();
        // Registers of 64 KiB in nearly all of the arena, every other one gone: what is free lies in pieces.
        string[] small = [.. Enumerable.Range(0, 4_000).Select(i => $"range/small/{i}").Where(key => Silos[0].Map.Owns(BlockKey.From(key))).Take(1_000)];
        foreach (var one in small)
            Assert.Equal("+OK\r\n", probe.Ask("SET", one, new string('s', 64 << 10)));
        var key = Silos.KeyOf(Silos[0], "kv:range/pieces/");
        Assert.Equal($":{small.Length / 2}\r\n", probe.Ask(["DEL", .. small.Where((_, i) => i % 2 == 0)]));
        var content = Content(12 << 20);

        var version = probe.Ask("KV.SET", key, "ABSENT", "0", "-", content).Split("\r\n")[2][1..];

        Assert.True(Silos[0].Store.TryOpen(Encoding.Latin1.GetBytes(key), out var block));
        Assert.InRange(block.SegmentCount, 10, 1_000);
        block.Dispose();
        foreach (var (offset, length) in new[] { (0, content.Length), (65_000, 70_000), (5_000_001, 3_000_000), (content.Length - 1, 1) })
        {
            var part = content.Substring(offset, length);
            Assert.Equal(
                $"*3\r\n+{version}\r\n+{BlockChecksum.Of(Encoding.Latin1.GetBytes(part))}\r\n${length}\r\n{part}\r\n",
                probe.Ask("KV.GET", key, "VERSION", version, "RANGE", $"{offset}", $"{length}"));
        }

        Assert.Equal($":{(small.Length / 2) + 1}\r\n", probe.Ask(["DEL", key, .. small]));
    }

    [Theory]
    [InlineData("KV.GET k RANGE 0 1", Syntax)]
    [InlineData("KV.GET k VERSION 1-0000000000000001-1-0 RANGE", Syntax)]
    [InlineData("KV.GET k VERSION 1-0000000000000001-1-0 RANGE 0", Syntax)]
    [InlineData("KV.GET k VERSION 1-0000000000000001-1-0 PART 0 1", Syntax)]
    [InlineData("KV.GET k VERSION 1 RANGE 0 1", Syntax)]
    [InlineData("KV.GET k VERSION 1-0000000000000001-1-0 RANGE 0 1 2", Syntax)]
    [InlineData("KV.GET k VERSION 1-0000000000000001-1-0 RANGE -1 1", NotARange)]
    [InlineData("KV.GET k VERSION 1-0000000000000001-1-0 RANGE 0 -1", NotARange)]
    [InlineData("KV.GET k VERSION 1-0000000000000001-1-0 RANGE 0 2147483648", NotARange)]
    [InlineData("KV.GET k VERSION 1-0000000000000001-1-0 RANGE 0x0 1", NotARange)]
    public void Range_WithBadArguments_SaysWhatItAccepts(string command, string expected)
    {
        using var probe = Silos[0].Connect();

        Assert.Equal(expected, probe.Ask(command.Split(' ')));
    }

    private static string Content(int bytes)
    {
        var content = new byte[bytes];
        new Random(bytes).NextBytes(content);
        return Encoding.Latin1.GetString(content);
    }
}
