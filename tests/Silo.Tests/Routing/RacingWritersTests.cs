using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Routing;

/// <summary>Changes of one key that meet at its owner, from its own clients and from another silo: one after the other is decided, whoever is first.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class RacingWritersTests(TwoSilos fixture)
{
    private const int Rounds = 60;
    private const string Absent = "+-";

    private SilosUnderTest Silos => fixture.Silos;

    private SiloUnderTest Owner => Silos[0];

    private SiloUnderTest Other => Silos[1];

    [Fact]
    public void Writes_AgainstOneVersionThroughTwoSilos_SucceedOnce()
    {
        var key = Silos.KeyOf(Owner, "race/set");
        RespProbe[] probes = [Owner.Connect(), Other.Connect(), Other.Connect(), Owner.Connect()];
        var version = probes[0].Ask("KV.SET", key, "ABSENT", "0", "-", "first").Split("\r\n")[2];
        var winners = new HashSet<int>();
        for (var round = 0; round < Rounds; round++)
        {
            // The long way is the shorter one when the others have more to send.
            var length = round % 2 == 0 ? 10 : 2_000_000;
            Send(probes, i => ["KV.SET", key, version[1..], "0", "-", $"{i}".PadRight(i is 1 or 2 ? 10 : length)]);
            var replies = probes.Select(probe => probe.ReadReply().Split("\r\n")).ToArray();

            var winner = Array.FindIndex(replies, reply => reply[1] == "+accepted");
            Assert.Equal(1, replies.Count(reply => reply[1] == "+accepted"));
            Assert.Equal(probes.Length - 1, replies.Count(reply => reply[1] == "+conflict"));
            Assert.NotEqual(version, replies[winner][2]);
            Assert.All(replies, reply => Assert.Equal(replies[winner][2], reply[2]));
            var read = probes[round % probes.Length].Ask("KV.GET", key).Split("\r\n");
            Assert.Equal((replies[winner][2], $"{winner}"), (read[1], read[4].TrimEnd()));
            version = replies[winner][2];
            winners.Add(winner);
        }

        Assert.True(winners.Count > 1, "one of them won every time: they did not race");
        End(probes, key);
    }

    [Theory]
    [InlineData("race/nx")]
    [InlineData("kv:race/nx")]
    public void FirstWrites_ThroughTwoSilos_SucceedOnce(string prefix)
    {
        var owned = Enumerable.Range(0, Rounds).Select(nth => Silos.KeyOf(Owner, prefix, nth)).ToArray();
        RespProbe[] probes = [Owner.Connect(), Other.Connect(), Other.Connect(), Owner.Connect()];
        foreach (var key in owned)
        {
            Send(probes, i => ["SET", key, $"{i}", "NX"]);
            var replies = probes.Select(probe => probe.ReadReply()).ToArray();

            Assert.Equal(1, replies.Count(reply => reply == "+OK\r\n"));
            Assert.Equal(probes.Length - 1, replies.Count(reply => reply == "$-1\r\n"));
            Assert.All(probes, probe => Assert.Equal($"$1\r\n{Array.IndexOf(replies, "+OK\r\n")}\r\n", probe.Ask("GET", key)));
        }

        End(probes, owned);
    }

    [Fact]
    public void Deletes_ThroughTwoSilos_FindItOnce()
    {
        var key = Silos.KeyOf(Owner, "race/del");
        RespProbe[] probes = [Owner.Connect(), Other.Connect(), Other.Connect(), Owner.Connect()];
        for (var round = 0; round < Rounds; round++)
        {
            Assert.Equal("+OK\r\n", probes[round % 2].Ask("SET", key, "v"));
            Send(probes, _ => ["DEL", key]);

            Assert.Equal([":0\r\n", ":0\r\n", ":0\r\n", ":1\r\n"], probes.Select(probe => probe.ReadReply()).Order(StringComparer.Ordinal));
        }

        End(probes);
    }

    [Fact]
    public void DeleteAndWrite_AgainstOneVersion_LeaveNothing()
    {
        var key = Silos.KeyOf(Owner, "race/both");
        RespProbe[] probes = [Owner.Connect(), Other.Connect()];
        var accepted = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var version = probes[0].Ask("KV.SET", key, "ABSENT", "0", "-", "v").Split("\r\n")[2];
            var (writer, deleter) = (probes[round % 2], probes[(round + 1) % 2]);
            writer.Send(RespProbe.Frame("KV.SET", key, version[1..], "0", "-", "w"));
            deleter.Send(RespProbe.Frame("DEL", key));
            var written = writer.ReadReply().Split("\r\n");

            Assert.Equal(":1\r\n", deleter.ReadReply());
            Assert.True(written[1] == "+accepted" || (written[1], written[2]) == ("+conflict", Absent), string.Join(' ', written));
            Assert.All(probes, probe => Assert.Equal("$-1\r\n", probe.Ask("GET", key)));
            accepted += written[1] == "+accepted" ? 1 : 0;
        }

        Assert.NotEqual(0, accepted);
        End(probes);
    }

    private static void Send(RespProbe[] probes, Func<int, string[]> command)
    {
        // Those of the other silo first: their way is longer.
        foreach (var i in Enumerable.Range(0, probes.Length).OrderBy(i => i is 1 or 2 ? 0 : 1))
            probes[i].Send(RespProbe.Frame(command(i)));
    }

    private static void End(RespProbe[] probes, params string[] keys)
    {
        if (keys.Length > 0)
            Assert.Equal($":{keys.Length}\r\n", probes[0].Ask(["DEL", .. keys]));
        foreach (var probe in probes)
            probe.Dispose();
    }
}
