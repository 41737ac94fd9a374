using System.Text.Json;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Operating;

/// <summary><c>kvo drain</c> against silos in processes of their own.</summary>
public sealed class DrainTests
{
    private const int Blocks = 60;
    private const int Failure = 1;
    private const string Password = "correct-horse-battery-staple";

    // What is offered first is not held back, whatever its size. A silo's part of these is some times what can be offered at once,
    // and each time but the first waits for a second or more.
    private const int ManyBlocks = 2000;

    private static readonly string[] Slow = ["--KvOrleans:Repair:BytesPerSecond", "1MiB", "--KvOrleans:Memory:Bytes", "128MiB"];

    private static readonly string Content = new('x', 512 << 10);
    private static readonly string SmallContent = new('x', 16 << 10);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Drain_OfOneOfThree_EndsItAndItsBlocksAreReadFromTheOthers(int gateway)
    {
        await using var trio = await SiloTrio.StartAsync();
        Write(trio);

        var (code, report, error) = await Kvo.AskAsync([trio.Silos[gateway]], "drain", "c");

        Assert.True(code == 0, error);
        Assert.Equal(("c", "drained", true, 0), (Text(report, "silo"), Text(report, "outcome"), report.GetProperty("hasLeft").GetBoolean(), report.GetProperty("leftBlocks").GetInt64()));
        Assert.InRange(report.GetProperty("givenBlocks").GetInt64(), 1, Blocks);
        Assert.Equal(0, await trio.Silos[2].ExitAsync());
        Assert.Contains("Drained: ", trio.Silos[2].Written, StringComparison.Ordinal);
        await AllReadableAsync(trio, trio.Silos[0], trio.Silos[1]);
    }

    [Fact]
    public async Task Drain_WhileItDrains_IsTheSameDrain()
    {
        await using var trio = await SiloTrio.StartAsync();
        Write(trio);
        // What is the other's stays until that goes on.
        trio.Silos[1].Pause();
        RespProbe[] waiting = [new(trio.Silos[2].Port), new(trio.Silos[2].Port)];
        foreach (var one in waiting)
            one.Send(RespProbe.Frame("KV.DRAIN", "WAIT"));
        await DrainsAsync(trio.Silos[2]);
        Assert.Equal("+OK\r\n", Ask(trio.Silos[2], "KV.DRAIN"));
        trio.Silos[1].Resume();

        var (first, second) = (waiting[0].ReadReply(), waiting[1].ReadReply());
        Assert.StartsWith("*4\r\n+drained\r\n", first, StringComparison.Ordinal);
        Assert.EndsWith(":0\r\n", first, StringComparison.Ordinal);
        Assert.Equal(first, second);
        Array.ForEach(waiting, static one => one.Dispose());
        Assert.Equal(0, await trio.Silos[2].ExitAsync());
        await AllReadableAsync(trio, trio.Silos[0], trio.Silos[1]);
    }

    [Fact]
    public async Task Drain_WithoutWaiting_IsBegunAndGoesOn()
    {
        await using var trio = await SiloTrio.StartAsync();
        Write(trio);

        var (code, report, _) = await Kvo.AskAsync(trio.Silos, "drain", "c", "--no-wait");

        Assert.Equal((0, "begun"), (code, Text(report, "outcome")));
        Assert.Equal(0, await trio.Silos[2].ExitAsync());
        await AllReadableAsync(trio, trio.Silos[0], trio.Silos[1]);
    }

    [Theory]
    [InlineData(false, "drained")]
    [InlineData(true, "cut-short")]
    public async Task Drain_WhileItDrains_IsCutShortByTheSecondSignalOnly(bool isSignalledAgain, string outcome)
    {
        await using var trio = await SiloTrio.StartAsync();
        Write(trio);
        trio.Silos[1].Pause();
        using var waiting = new RespProbe(trio.Silos[2].Port);
        waiting.Send(RespProbe.Frame("KV.DRAIN", "WAIT"));
        await DrainsAsync(trio.Silos[2]);

        var reply = OwnThread.RunAsync(waiting.ReadReply);
        trio.Silos[2].SendTerminate();
        if (isSignalledAgain)
        {
            // Signals that come together are one, so that two may not be enough.
            await Eventually.HoldsAsync(
                () =>
                {
                    if (!reply.IsCompleted)
                        trio.Silos[2].SendTerminate();
                    return reply.IsCompleted;
                },
                "the drain is over");
        }

        trio.Silos[1].Resume();
        Assert.StartsWith($"*4\r\n+{outcome}\r\n", await reply, StringComparison.Ordinal);
        Assert.Equal(0, await trio.Silos[2].ExitAsync());
    }

    [Fact]
    public async Task Drain_LongerThanItsGrace_FailsAndSaysThatItWasCutShort()
    {
        await using var trio = await SiloTrio.StartAsync([.. Slow, "--KvOrleans:Drain:Grace", "00:00:01"]);
        Write(trio, ManyBlocks, SmallContent);

        var (code, report, error) = await Kvo.AskAsync(trio.Silos, "drain", "c");

        Assert.Equal(Failure, code);
        Assert.Equal(("cutShort", true), (Text(report, "outcome"), report.GetProperty("hasLeft").GetBoolean()));
        Assert.InRange(report.GetProperty("leftBlocks").GetInt64(), 1, ManyBlocks);
        Assert.Contains("kvo: the drain of c was cut short", error, StringComparison.Ordinal);
        Assert.Equal(0, await trio.Silos[2].ExitAsync());
    }

    [Fact]
    public async Task Drain_LongerThanTheTimeout_FailsAndGoesOn()
    {
        await using var trio = await SiloTrio.StartAsync(Slow);
        Write(trio, ManyBlocks, SmallContent);

        var (code, report, error) = await Kvo.AskAsync(trio.Silos, "drain", "c", "--timeout", "2");

        Assert.Equal(Failure, code);
        Assert.False(report.GetProperty("hasLeft").GetBoolean());
        Assert.Contains("kvo: c has not left in time", error, StringComparison.Ordinal);
        Assert.Equal(0, await trio.Silos[2].ExitAsync());
        await AllReadableAsync(trio, ManyBlocks, SmallContent, trio.Silos[0], trio.Silos[1]);
    }

    [Fact]
    public async Task Drain_OfTheLastSilo_IsRefusedUnlessItIsMeant_AndNeedsThePassword()
    {
        await using var silo = await SiloProcess.StartAsync("--KvOrleans:SiloName", "one", "--KvOrleans:DataPlane:Password", Password);
        using (var probe = new RespProbe(silo.Port))
        {
            Assert.StartsWith("-NOAUTH", probe.Ask("KV.DRAIN"), StringComparison.Ordinal);
            Assert.Equal("+OK\r\n", probe.Ask("AUTH", Password));
            Assert.Equal("+OK\r\n", probe.Ask("SET", "kv:m/1", Content));
        }

        Assert.Equal(Failure, (await Kvo.RunAsync([silo], "wrong", "drain", "one", "--last")).Code);
        var other = await Kvo.RunAsync([silo], Password, "drain", "two", "--last");
        Assert.Equal(Failure, other.Code);
        Assert.EndsWith("kvo: no silo is called 'two'; there are: one.", other.Error.Trim(), StringComparison.Ordinal);
        var last = await Kvo.RunAsync([silo], Password, "drain", "one");
        Assert.Equal(Failure, last.Code);
        Assert.Contains("one is the last silo that serves: without it all blocks are lost", last.Error, StringComparison.Ordinal);
        Assert.Equal("ready\n", (await silo.ProbeAsync("/readyz")).Text);

        var meant = await Kvo.RunAsync([silo], Password, "drain", "one", "--last");

        Assert.True(meant.Code == 0, meant.Error);
        Assert.Contains("one has left", meant.Output, StringComparison.Ordinal);
        Assert.Contains("1 left behind", meant.Output, StringComparison.Ordinal);
        Assert.Equal(0, await silo.ExitAsync());
    }

    private static Task DrainsAsync(SiloProcess silo) => Eventually.HoldsAsync(
        async () => (await silo.ProbeAsync("/readyz")).Text == "not ready: this silo is draining or stopping\n", "it drains");

    private static string Ask(SiloProcess silo, params string[] command)
    {
        using var probe = new RespProbe(silo.Port);
        return probe.Ask(command);
    }

    private static string Key(int i) => $"kv:m/{i}";

    private static string Text(JsonElement report, string name) => report.GetProperty(name).GetString()!;

    private static void Write(SiloTrio trio) => Write(trio, Blocks, Content);

    private static void Write(SiloTrio trio, int blocks, string content)
    {
        using var probe = new RespProbe(trio.Silos[0].Port, buffer: 1 << 20);
        for (var i = 0; i < blocks; i++)
            Assert.StartsWith("+OK", probe.Ask("SET", Key(i), content), StringComparison.Ordinal);
    }

    private static Task AllReadableAsync(SiloTrio trio, params SiloProcess[] silos) => AllReadableAsync(trio, Blocks, Content, silos);

    private static async Task AllReadableAsync(SiloTrio trio, int blocks, string content, params SiloProcess[] silos)
    {
        await trio.AgreeAsync(silos);
        foreach (var silo in silos)
        {
            using var probe = new RespProbe(silo.Port, buffer: 1 << 20);
            for (var i = 0; i < blocks; i++)
                Assert.EndsWith(content + "\r\n", probe.Ask("GET", Key(i)), StringComparison.Ordinal);
        }
    }
}
