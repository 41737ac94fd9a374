using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Tracing;

/// <summary>A caller's trace goes through the silo that is asked to the silo that has the block, and changes no reply.</summary>
[Collection(MeasuredCollection.Name)]
public sealed class TraceTests
{
    private const string Secret = "kv:recognizable/";

    [Fact]
    public async Task Trace_OfACommandThatIsForwarded_ReachesTheOwner()
    {
        using var recorded = new RecordedActivities();
        await using var silos = await SilosUnderTest.StartAsync(2);
        using var probe = silos[0].Connect();
        var (here, there) = (silos.KeyOf(silos[0], Secret), silos.KeyOf(silos[1], Secret));
        Assert.Equal("+OK\r\n", probe.Ask("KV.TRACE"));

        Assert.Equal("+OK\r\n", AskTraced(probe, recorded.Parent(), "SET", there, "value"));
        Assert.Equal("$5\r\nvalue\r\n", AskTraced(probe, recorded.Parent(), "GET", there));
        Assert.Equal("$-1\r\n", AskTraced(probe, recorded.Parent(), "GET", here));
        Assert.Equal(":1\r\n", AskTraced(probe, recorded.Parent(), "DEL", there));

        string[] expected = ["DEL", "DEL/peer write", "DEL/peer write/DEL", "GET", "GET", "GET/peer read", "GET/peer read/KV.GET", "SET", "SET/peer write", "SET/peer write/KV.SET"];
        await Eventually.HoldsAsync(() => recorded.Paths.Length >= expected.Length, "all have ended");
        Assert.Equal(expected, recorded.Paths);
        Assert.DoesNotContain("recognizable", recorded.Tags, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trace_BelongsToOneCommandOnly()
    {
        using var recorded = new RecordedActivities();
        await using var silo = await SiloUnderTest.StartAsync();
        using var probe = silo.Connect();

        probe.Send([.. RespProbe.Frame("KV.TRACE", recorded.Parent()), .. RespProbe.Frame("PING"), .. RespProbe.Frame("PING")]);
        Assert.Equal("+PONG\r\n+PONG\r\n", probe.ReadReply() + probe.ReadReply());
        probe.Send([.. RespProbe.Frame("KV.TRACE", recorded.Parent()), .. RespProbe.Frame("NONSENSE"), .. RespProbe.Frame("ECHO", "x")]);
        Assert.StartsWith("-ERR", probe.ReadReply(), StringComparison.Ordinal);
        Assert.Equal("$1\r\nx\r\n", probe.ReadReply());

        Assert.Equal(["PING"], recorded.Paths);
    }

    [Theory]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7")]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01")]
    [InlineData("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-and-more-of-it")]
    [InlineData("")]
    [InlineData("\0\0\0")]
    public async Task Trace_ThatIsNone_HasNoReplyAndNoEffect(string parent)
    {
        using var recorded = new RecordedActivities();
        await using var silo = await SiloUnderTest.StartAsync();
        using var probe = silo.Connect();

        Assert.Equal("+PONG\r\n", AskTraced(probe, parent, "PING"));
        Assert.Equal("+PONG\r\n", AskTraced(probe, recorded.Parent(isRecorded: false), "PING"));
        Assert.StartsWith("-ERR wrong number", probe.Ask("KV.TRACE", "a", "b"), StringComparison.Ordinal);

        Assert.Empty(recorded.Paths);
    }

    [Fact]
    public async Task Traces_InAPipelineOfWrites_KeepTheRepliesInOrder()
    {
        using var recorded = new RecordedActivities();
        await using var silo = await SiloUnderTest.StartAsync();
        using var probe = silo.Connect();
        var sent = new List<byte>();
        for (var i = 0; i < 20; i++)
        {
            if (i % 3 == 0)
                sent.AddRange(RespProbe.Frame("KV.TRACE", recorded.Parent()));
            sent.AddRange(RespProbe.Frame("SET", $"k{i}", $"v{i}"));
            sent.AddRange(RespProbe.Frame("GET", $"k{i}"));
        }

        probe.Send([.. sent]);

        for (var i = 0; i < 20; i++)
            Assert.Equal($"+OK\r\n${$"v{i}".Length}\r\nv{i}\r\n", probe.ReadReply() + probe.ReadReply());
        Assert.Equal(Enumerable.Repeat("SET", 7), recorded.Paths);
    }

    private static string AskTraced(RespProbe probe, string parent, params string[] command)
    {
        probe.Send([.. RespProbe.Frame("KV.TRACE", parent), .. RespProbe.Frame(command)]);
        return probe.ReadReply();
    }
}
