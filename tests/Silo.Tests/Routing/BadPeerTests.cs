using System.Diagnostics;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Peers;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Silo.Tests.Routing;

/// <summary>An owner that is in the map and cannot be asked, or answers wrongly: a miss or an error, soon, and no memory is lost.</summary>
public sealed class BadPeerTests
{
    private const string TryAgain = "-TRYAGAIN the silo that may act on this key now cannot be reached, or is not sure of it yet; nothing was changed\r\n";
    private const string Unknown = "-UNKNOWN the change may have taken effect and may have not\r\n";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Owner_ThatRefusesConnections_IsAMissOrToBeTriedAgain()
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        var (register, block) = (silos.KeyOf(silos[1], "bad/"), silos.KeyOf(silos[1], "kv:bad/"));
        using var probe = silos[0].Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", register, "v"));
        Assert.Equal("+OK\r\n", probe.Ask("SET", block, "v"));
        await silos[1].CloseDataPlaneAsync();

        AssertUnreachable(probe, register, block);
        Assert.Equal(TryAgain, probe.Ask("SET", register, new string('w', 2_000_000)));
        await silos[0].NothingIsStagedAsync();
    }

    [Fact]
    public async Task Owner_ThatAcceptsAndStaysSilent_CostsABoundedWaitAndThenNone()
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        await silos[1].CloseDataPlaneAsync();
        await using var peer = new ScriptedPeer(silos[1].Port, _ => ScriptedPeer.Silence);
        using var probe = silos[0].Connect();

        AssertUnreachable(probe, silos.KeyOf(silos[1], "bad/"), silos.KeyOf(silos[1], "kv:bad/"));
        Assert.Equal(0, peer.Asked);
    }

    [Fact]
    public async Task Owner_ThatGreetsAndStaysSilent_IsGivenUp()
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        await silos[1].CloseDataPlaneAsync();
        await using var peer = new ScriptedPeer(silos[1].Port, command => command[0] == "KV.PEER" ? "+OK\r\n" : ScriptedPeer.Silence);
        using var probe = silos[0].Connect();
        var began = Stopwatch.GetTimestamp();

        Assert.Equal(Unknown, probe.Ask("SET", silos.KeyOf(silos[1], "bad/"), "v"));
        await Eventually.HoldsAsync(() => probe.Ask("GET", silos.KeyOf(silos[1], "bad/")) == TryAgain, "it is to be tried again");
        Assert.Equal("$-1\r\n", probe.Ask("GET", silos.KeyOf(silos[1], "kv:bad/")));

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Soon);
        await silos[0].NothingIsStagedAsync();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(200_000)]
    public async Task Block_ThatArrivesWithOtherBytes_IsAMiss(int bytes)
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        await silos[1].CloseDataPlaneAsync();
        await using var peer = new ScriptedPeer(silos[1].Port, _ => Block(bytes, "0123456789abcdef", bytes));
        using var probe = silos[0].Connect();
        var (register, block) = (silos.KeyOf(silos[1], "bad/"), silos.KeyOf(silos[1], "kv:bad/"));

        Assert.Equal("$-1\r\n", probe.Ask("GET", block));
        Assert.Equal("*-1\r\n", probe.Ask("KV.GET", block));
        Assert.Equal("*1\r\n$-1\r\n", probe.Ask("MGET", block));
        Assert.Equal("*2\r\n$-1\r\n$-1\r\n", probe.Ask("MGET", block, block));
        Assert.Equal(TryAgain, probe.Ask("GET", register));
        await silos[0].NothingIsStagedAsync();
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(200_000, 150_000)]
    public async Task Block_OfWhichHalfArrives_IsAMiss(int bytes, int sent)
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        await silos[1].CloseDataPlaneAsync();
        var checksum = BlockChecksum.Of(Encoding.Latin1.GetBytes(new string('v', bytes))).ToString();
        await using var peer = new ScriptedPeer(silos[1].Port, _ => Block(bytes, checksum, sent) + ScriptedPeer.Close);
        using var probe = silos[0].Connect();

        Assert.Equal("$-1\r\n", probe.Ask("GET", silos.KeyOf(silos[1], "kv:bad/")));
        Assert.Equal(TryAgain, probe.Ask("GET", silos.KeyOf(silos[1], "bad/")));
        await silos[0].NothingIsStagedAsync();
    }

    [Fact]
    public async Task LongBlock_ThatDoesNotVerify_NeverReachesItsEnd()
    {
        const int Bytes = 3_000_000;
        await using var silos = await SilosUnderTest.StartAsync(2);
        await silos[1].CloseDataPlaneAsync();
        await using var peer = new ScriptedPeer(silos[1].Port, _ => Block(Bytes, "0123456789abcdef", Bytes));
        using var probe = silos[0].Connect();

        probe.Send(RespProbe.Frame("GET", silos.KeyOf(silos[1], "kv:bad/")));
        var reply = probe.ReadToEnd();

        Assert.InRange(reply.Length, 0, $"${Bytes}\r\n".Length + Bytes - 1);
        await silos[0].NothingIsStagedAsync();
    }

    [Fact]
    public async Task Owner_ThatSaysItIsNot_IsAskedTwiceAtMost()
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        await silos[1].CloseDataPlaneAsync();
        await using var peer = new ScriptedPeer(silos[1].Port, _ => "-NOTOWNER 99 another silo owns this key\r\n");
        using var probe = silos[0].Connect();
        var register = silos.KeyOf(silos[1], "bad/");
        string[][] commands = [["GET", register], ["SET", register, "v"], ["DEL", register], ["TTL", register], ["EXPIRE", register, "1"]];

        foreach (var command in commands)
        {
            var before = peer.Asked;
            Assert.Equal(TryAgain, probe.Ask(command));
            Assert.InRange(peer.Asked - before, 1, 2);
        }

        Assert.Equal("$-1\r\n", probe.Ask("GET", silos.KeyOf(silos[1], "kv:bad/")));
        await silos[0].NothingIsStagedAsync();
    }

    [Fact]
    public async Task Change_WhoseConnectionBreaksBehindIt_IsUnknown()
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        await silos[1].CloseDataPlaneAsync();
        await using var peer = new ScriptedPeer(silos[1].Port, command => command[0] == "KV.PEER" ? "+OK\r\n" : ScriptedPeer.Close);
        using var probe = silos[0].Connect();
        var register = silos.KeyOf(silos[1], "bad/");

        Assert.Equal(Unknown, probe.Ask("SET", register, "v"));
        Assert.Equal(Unknown, probe.Ask("KV.SET", register, "ANY", "0", "-", new string('v', 300_000)));
        Assert.Equal(Unknown, probe.Ask("DEL", register));
        Assert.Equal(Unknown, probe.Ask("EXPIRE", register, "1"));
        await silos[0].NothingIsStagedAsync();
    }

    [Fact]
    public async Task Reads_WhileManyChangesAreNotAnswered_DoNotWaitForThem()
    {
        const int Changes = 40;
        await using var silos = await SilosUnderTest.StartAsync(2);
        await silos[1].CloseDataPlaneAsync();
        await using var peer = new ScriptedPeer(silos[1].Port, command => command[0] is "DEL" or "KV.SET" ? ScriptedPeer.Silence : ":7\r\n");
        var changing = Enumerable.Range(0, Changes).Select(_ => silos[0].Connect()).ToList();
        for (var i = 0; i < Changes; i++)
            changing[i].Send(i % 2 == 0 ? RespProbe.Frame("DEL", silos.KeyOf(silos[1], "kv:bad/", i)) : RespProbe.Frame("SET", silos.KeyOf(silos[1], "bad/", i), new string('v', 100_000)));
        await Eventually.HoldsAsync(() => peer.Asked >= new PeerOptions("", "", 0).ChangesPerPeer, "as many are under way as may be");
        using var probe = silos[0].Connect();
        var began = Stopwatch.GetTimestamp();

        for (var i = 0; i < 20; i++)
            Assert.Equal(":7\r\n", probe.Ask("STRLEN", silos.KeyOf(silos[1], "bad/", i)));

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        changing.ForEach(one => one.Dispose());
    }

    [Theory]
    [InlineData("-OOM no room\r\n", "-OOM ")]
    [InlineData("-BUSY later\r\n", "-BUSY ")]
    [InlineData("-TRYAGAIN not yet\r\n", "-TRYAGAIN ")]
    [InlineData("-UNKNOWN who knows\r\n", "-UNKNOWN ")]
    [InlineData("-NOREPLICAS alone\r\n", "-NOREPLICAS ")]
    [InlineData("-CHECKSUM other bytes\r\n", "-TRYAGAIN ")]
    public async Task Errors_OfTheOwner_AreTheAnswer(string error, string expected)
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        await silos[1].CloseDataPlaneAsync();
        await using var peer = new ScriptedPeer(silos[1].Port, _ => error);
        using var probe = silos[0].Connect();

        Assert.StartsWith(expected, probe.Ask("SET", silos.KeyOf(silos[1], "bad/"), "v"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Block_WhoseOwnerIsGone_ComesFromWhoHasACopy()
    {
        await using var silos = await SilosUnderTest.StartAsync(3);
        var block = silos.KeyOf(silos[1], "kv:bad/");
        using (var owner = silos[1].Connect())
            Assert.Equal("+OK\r\n", owner.Ask("SET", block, "value", "EX", "300"));
        Assert.True(silos[1].Store.TryGetInfo(Encoding.ASCII.GetBytes(block), out var info));
        var staged = silos[2].Store.TryStage(5)!;
        "value"u8.CopyTo(staged.Remaining.Span);
        staged.Advance(5);
        Assert.True(silos[2].Store.TryPublishCopy(Encoding.ASCII.GetBytes(block), staged, info.Version, info.TimeToLive, BlockRole.Copy));
        await silos[1].CloseDataPlaneAsync();
        using var probe = silos[0].Connect();

        Assert.Equal("$5\r\nvalue\r\n", probe.Ask("GET", block));
        Assert.StartsWith($"*3\r\n+{info.Version}\r\n", probe.Ask("KV.GET", block), StringComparison.Ordinal);
        Assert.Equal(":5\r\n", probe.Ask("STRLEN", block));
        Assert.Equal(":1\r\n", probe.Ask("EXISTS", block));
        Assert.Equal(":300\r\n", probe.Ask("TTL", block));
        Assert.Equal("*2\r\n$5\r\nvalue\r\n$-1\r\n", probe.Ask("MGET", block, silos.KeyOf(silos[1], "kv:none/")));
        Assert.Equal(TryAgain, probe.Ask("DEL", block));
    }

    private static void AssertUnreachable(RespProbe probe, string register, string block)
    {
        var began = Stopwatch.GetTimestamp();
        string[][] changes = [["GET", register], ["KV.GET", register], ["STRLEN", register], ["EXISTS", register], ["TTL", register], ["DEL", register],
            ["EXPIRE", register, "9"], ["SET", register, "w"], ["SET", block, "w"], ["DEL", block], ["EXPIRE", block, "9"]];
        foreach (var command in changes)
            Assert.Equal(TryAgain, probe.Ask(command));
        Assert.Equal("$-1\r\n", probe.Ask("GET", block));
        Assert.Equal("*-1\r\n", probe.Ask("KV.GET", block));
        Assert.Equal(":0\r\n", probe.Ask("EXISTS", block));
        Assert.Equal(":-2\r\n", probe.Ask("TTL", block));
        Assert.Equal($"*2\r\n$-1\r\n{TryAgain}", probe.Ask("MGET", block, register));
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Soon);
    }

    private static string Block(int bytes, string checksum, int sent) =>
        $"*3\r\n+1-0000000000000001-1-0\r\n+{checksum}\r\n${bytes}\r\n{new string('v', sent)}{(sent == bytes ? "\r\n" : "")}";
}
