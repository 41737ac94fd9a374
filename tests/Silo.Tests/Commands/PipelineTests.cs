using System.Globalization;
using System.Text;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Commands;

/// <summary>What one connection sends takes effect in order and is answered in order, however it is cut up.</summary>
[Collection(PlainSiloCollection.Name)]
public sealed class PipelineTests(PlainSilo fixture)
{
    private SiloUnderTest Silo => fixture.Silo;

    [Fact]
    public void Commands_OnOneKeyInOneWrite_AreAnsweredInOrder()
    {
        using var probe = Silo.Connect();

        probe.Send([.. RespProbe.Frame("SET", "a", "1"), .. RespProbe.Frame("GET", "a"), .. RespProbe.Frame("SET", "a", "2"), .. RespProbe.Frame("GET", "a"),
            .. RespProbe.Frame("SET", "a"), .. RespProbe.Frame("SET", "a", "3", "NX"), .. RespProbe.Frame("DEL", "a"), .. RespProbe.Frame("GET", "a")]);

        Assert.Equal(
            ["+OK\r\n", "$1\r\n1\r\n", "+OK\r\n", "$1\r\n2\r\n", "-ERR wrong number of arguments for 'set' command\r\n", "$-1\r\n", ":1\r\n", "$-1\r\n"],
            probe.ReadReplies(8));
    }

    [Fact]
    public void Commands_BeforeAValueThatIsSlowToCome_AreAnsweredBeforeIt()
    {
        using var probe = Silo.Connect();
        var set = RespProbe.Frame("SET", "slow", new string('x', 1_000_000));

        probe.Send([.. RespProbe.Frame("SET", "quick", "1"), .. RespProbe.Frame("GET", "quick"), .. set[..1000]]);
        Assert.Equal(["+OK\r\n", "$1\r\n1\r\n"], probe.ReadReplies(2));

        probe.Send(set[1000..]);
        Assert.Equal(["+OK\r\n"], probe.ReadReplies(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ThousandMixedCommands_InOnePipeline_AgreeWithAModel(int seed)
    {
        var random = new Random(seed);
        var model = new Dictionary<string, string>();
        var request = new MemoryStream();
        var expected = new List<string>();
        for (var i = 0; i < 1000; i++)
            request.Write(Next(random, seed, model, expected));
        using var probe = Silo.Connect();

        var sending = Task.Run(() => probe.Send(request.ToArray()));
        var replies = probe.ReadReplies(expected.Count);

        await sending.WaitAsync(Eventually.Deadline);
        for (var i = 0; i < expected.Count; i++)
            Assert.True(expected[i] == replies[i], $"reply {i}: expected {Short(expected[i])}, got {Short(replies[i])}");
        Assert.Equal($":{model.Count}\r\n", probe.Ask(["DEL", .. Enumerable.Range(0, 8).Select(key => $"model-{seed}-{key}")]));
    }

    [Fact]
    public async Task LargeValue_SentInOddPieces_ComesBackWhole()
    {
        using var probe = Silo.Connect();
        var value = new byte[5 << 20];
        new Random(7).NextBytes(value);
        var text = Encoding.Latin1.GetString(value);
        var frame = RespProbe.Frame("SET", "pieces", text);

        var sending = Task.Run(() =>
        {
            probe.Drip(frame.AsSpan(0, 600));
            for (int at = 600, piece = 1; at < frame.Length; at += piece, piece = (piece * 3 % 65_521) + 1)
                probe.Send(frame.AsSpan(at, Math.Min(piece, frame.Length - at)));
        });

        Assert.Equal("+OK\r\n", probe.ReadReply());
        await sending.WaitAsync(Eventually.Deadline);
        Assert.Equal($"$5242880\r\n{text}\r\n", probe.Ask("GET", "pieces"));
        Assert.Equal(":5242880\r\n", probe.Ask("STRLEN", "pieces"));
        Assert.Equal(":1\r\n", probe.Ask("DEL", "pieces"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(65_536)]
    public void Value_SentByteByByte_ComesBackWhole(int bytes)
    {
        using var probe = Silo.Connect();
        var value = new string('b', bytes);

        probe.Drip(RespProbe.Frame("SET", "drip", value));

        Assert.Equal("+OK\r\n", probe.ReadReply());
        Assert.Equal($"${bytes}\r\n{value}\r\n", probe.Ask("GET", "drip"));
        Assert.Equal(":1\r\n", probe.Ask("DEL", "drip"));
    }

    [Fact]
    public void InlineCommands_AmongFrames_AreAnsweredInOrder()
    {
        using var probe = Silo.Connect();

        probe.Send("PING\r\nSET inline 'two words'\n*2\r\n$3\r\nGET\r\n$6\r\ninline\r\nDEL inline\r\n");

        Assert.Equal(["+PONG\r\n", "+OK\r\n", "$9\r\ntwo words\r\n", ":1\r\n"], probe.ReadReplies(4));
    }

    [Fact]
    public void Writes_OfManyKeysInOnePipeline_AreAllThere()
    {
        using var probe = Silo.Connect();
        var request = new MemoryStream();
        for (var i = 0; i < 1000; i++)
            request.Write(RespProbe.Frame("SET", $"many-{i}", $"{i}"));

        probe.Send(request.ToArray());

        Assert.All(probe.ReadReplies(1000), reply => Assert.Equal("+OK\r\n", reply));
        string[] keys = [.. Enumerable.Range(0, 1000).Select(i => $"many-{i}")];
        Assert.Equal(":1000\r\n", probe.Ask(["EXISTS", .. keys]));
        Assert.Equal(":1000\r\n", probe.Ask(["DEL", .. keys]));
    }

    private static byte[] Next(Random random, int seed, Dictionary<string, string> model, List<string> expected)
    {
        var key = $"model-{seed}-{random.Next(8)}";
        var there = model.GetValueOrDefault(key);
        var value = new string((char)('a' + random.Next(26)), random.Next(10) == 0 ? 40_000 : random.Next(100));
        switch (random.Next(8))
        {
            case 0 or 1:
                model[key] = value;
                expected.Add("+OK\r\n");
                return RespProbe.Frame("SET", key, value);
            case 2:
                if (there is null)
                    model[key] = value;
                expected.Add(there is null ? "+OK\r\n" : "$-1\r\n");
                return RespProbe.Frame("SET", key, value, "NX");
            case 3:
                if (there is not null)
                    model[key] = value;
                expected.Add(there is not null ? "+OK\r\n" : "$-1\r\n");
                return RespProbe.Frame("SET", key, value, "XX", "EX", "1000");
            case 4:
                model.Remove(key);
                expected.Add(there is null ? ":0\r\n" : ":1\r\n");
                return RespProbe.Frame("DEL", key);
            case 5:
                expected.Add(string.Create(CultureInfo.InvariantCulture, $":{there?.Length ?? 0}\r\n"));
                return RespProbe.Frame("STRLEN", key);
            case 6:
                expected.Add("-ERR syntax error\r\n");
                return RespProbe.Frame("SET", key, value, "WRONG");
            default:
                expected.Add(there is null ? "$-1\r\n" : $"${there.Length}\r\n{there}\r\n");
                return RespProbe.Frame("GET", key);
        }
    }

    private static string Short(string reply) => reply.Length < 60 ? reply : reply[..60] + "…";
}
