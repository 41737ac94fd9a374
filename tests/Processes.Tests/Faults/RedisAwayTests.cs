using System.Diagnostics;
using System.Text.RegularExpressions;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Faults;

/// <summary>Redis is away for longer than the fence holds: blocks are served all the while, registers are not, and none is ever older afterwards.</summary>
public sealed partial class RedisAwayTests(ITestOutputHelper output)
{
    private const int Keys = 24;

    private static readonly TimeSpan Fence = TimeSpan.FromSeconds(3.5);

    [Fact]
    public async Task Pause_OfRedis_StopsRegistersAndNothingElse()
    {
        await using var trio = await SiloTrio.StartAsync();
        using var probes = await WriteAsync(trio);
        await using (var calls = new EveryCall(await trio.ConnectAsync()))
        {
            trio.Redis.Pause();
            await GoesOnWithoutRedisAsync(probes, TimeSpan.FromSeconds(7));
            output.WriteLine(await calls.AllEndedInTimeAsync());
        }

        trio.Redis.Resume();

        // No silo was lost, so nothing was.
        await AnswersAgainAsync(probes, NewOrRefused(), New());
        Assert.All(probes.All, probe => Assert.All(Blocks(), block => Assert.Equal("$5\r\nblock\r\n", probe.Ask("GET", block))));
        await trio.AgreeAsync(trio.Silos);
    }

    [Fact]
    public async Task Redis_StoppedForAMinuteAndStartedEmpty_CostsRegistersAndNothingElse()
    {
        await using var trio = await SiloTrio.StartAsync();
        var lives = trio.Silos.Select(silo => SiloTrio.Told(silo, "life")).ToArray();
        using (var probes = await WriteAsync(trio))
        await using (var calls = new EveryCall(await trio.ConnectAsync()))
        {
            await trio.Redis.DisposeAsync();
            await GoesOnWithoutRedisAsync(probes, TimeSpan.FromMinutes(1));
            output.WriteLine(await calls.AllEndedInTimeAsync());
        }

        await trio.StartRedisAsync();

        await Eventually.HoldsAsync(
            () => trio.Silos.Zip(lives).All(one => SiloTrio.Told(one.First, "life") is { Length: > 0 } life && life != one.Second), "all have new lives");
        await trio.AgreeAsync(trio.Silos);
        using var again = new SiloProbes(trio);
        await AnswersAgainAsync(again, AbsentOrRefused(), Absent());
        foreach (var block in Blocks())
            await Eventually.HoldsAsync(() => again.All.All(probe => probe.Ask("GET", block) == "$5\r\nblock\r\n"), $"{block} is served by all");
        foreach (var register in Registers())
            await Eventually.HoldsAsync(() => again.All[0].Ask("SET", register, "again") == "+OK\r\n", $"{register} is written");
    }

    private static IEnumerable<string> Blocks() => Enumerable.Range(0, Keys).Select(i => $"kv:away/{i}");

    private static IEnumerable<string> Registers() => Enumerable.Range(0, Keys).Select(i => $"away/{i}");

    private static async Task<SiloProbes> WriteAsync(SiloTrio trio)
    {
        var probes = new SiloProbes(trio);
        foreach (var block in Blocks())
            await Eventually.HoldsAsync(() => !probes.All[0].Ask("KV.SET", block, "ANY", "0", "-", "REPLICATED", "block").StartsWith('-'), $"{block} is on two silos");
        foreach (var register in Registers())
        {
            await Eventually.HoldsAsync(() => probes.All[1].Ask("SET", register, "old") == "+OK\r\n", $"{register} is written");
            Assert.Equal("+OK\r\n", probes.All[2].Ask("SET", register, "new"));
        }

        return probes;
    }

    /// <summary>Blocks are read by all silos without a single miss; registers are there, or refused, and refused when the fence has lapsed.</summary>
    private static async Task GoesOnWithoutRedisAsync(SiloProbes probes, TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        var ended = began + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var refused = 0;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (Stopwatch.GetTimestamp() < ended)
        {
            foreach (var (block, register) in Blocks().Zip(Registers()))
            {
                var isBeyond = Stopwatch.GetElapsedTime(began) > Fence;
                var reply = probes.All[refused % probes.All.Count].Ask("GET", register);
                Assert.Matches(isBeyond ? Refused() : NewOrRefused(), reply);
                refused += isBeyond ? 1 : 0;
                Assert.All(probes.All, probe => Assert.True(
                    probe.Ask("GET", block) == "$5\r\nblock\r\n", $"{block} was a miss {Stopwatch.GetElapsedTime(began)} after Redis was gone"));
            }

            await timer.WaitForNextTickAsync();
        }

        Assert.True(refused > Keys);
    }

    private static async Task AnswersAgainAsync(SiloProbes probes, Regex allowed, Regex atLast)
    {
        foreach (var register in Registers())
        {
            var reply = "";
            await Eventually.HoldsAsync(
                () => probes.All.All(probe =>
                {
                    reply = probe.Ask("GET", register);
                    Assert.Matches(allowed, reply);
                    return reply[0] != '-';
                }),
                "registers are served again");
            Assert.Matches(atLast, reply);
        }
    }

    [GeneratedRegex(@"^-TRYAGAIN .*\r\n$")]
    private static partial Regex Refused();

    [GeneratedRegex(@"^(-TRYAGAIN .*|\$3\r\nnew)\r\n$")]
    private static partial Regex NewOrRefused();

    [GeneratedRegex(@"^\$3\r\nnew\r\n$")]
    private static partial Regex New();

    [GeneratedRegex(@"^(-TRYAGAIN .*|\$-1)\r\n$")]
    private static partial Regex AbsentOrRefused();

    [GeneratedRegex(@"^\$-1\r\n$")]
    private static partial Regex Absent();

    /// <summary>A connection to each silo.</summary>
    private sealed class SiloProbes(SiloTrio trio) : IDisposable
    {
        public IReadOnlyList<RespProbe> All { get; } = [.. trio.Silos.Select(silo => new RespProbe(silo.Port))];

        public void Dispose()
        {
            foreach (var probe in All)
                probe.Dispose();
        }
    }
}
