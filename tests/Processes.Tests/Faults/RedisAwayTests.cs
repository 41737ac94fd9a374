using System.Diagnostics;
using System.Text.RegularExpressions;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Faults;

/// <summary>Redis stands still for longer than the fence holds: blocks are served all the while, registers are not, and none is ever older afterwards.</summary>
public sealed partial class RedisAwayTests
{
    private const int Keys = 24;

    private static readonly TimeSpan Fence = TimeSpan.FromSeconds(3.5);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(7);

    [Fact]
    public async Task Pause_OfRedis_StopsRegistersAndNothingElse()
    {
        await using var trio = await SiloTrio.StartAsync();
        await using var client = await trio.ConnectAsync();
        var probes = trio.Silos.Select(silo => new RespProbe(silo.Port)).ToArray();
        for (var i = 0; i < Keys; i++)
        {
            var (block, register) = ($"kv:away/{i}", $"away/{i}");
            await Eventually.HoldsAsync(() => !probes[0].Ask("KV.SET", block, "ANY", "0", "-", "REPLICATED", "block").StartsWith('-'), $"{block} is on two silos");
            await Eventually.HoldsAsync(() => probes[1].Ask("SET", register, "old") == "+OK\r\n", $"{register} is written");
            Assert.Equal("+OK\r\n", probes[2].Ask("SET", register, "new"));
        }

        await using var calls = new EveryCall(client);
        trio.Redis.Pause();
        var began = Stopwatch.GetTimestamp();
        var refused = 0;
        await Eventually.HoldsAsync(
            () =>
            {
                for (var i = 0; i < Keys; i++)
                {
                    var isBeyond = Stopwatch.GetElapsedTime(began) > Fence;
                    var reply = probes[i % 3].Ask("GET", $"away/{i}");
                    Assert.Matches(isBeyond ? Refused() : NewOrRefused(), reply);
                    refused += isBeyond ? 1 : 0;
                    Assert.All(probes, probe => Assert.Equal("$5\r\nblock\r\n", probe.Ask("GET", $"kv:away/{i}")));
                }

                return Stopwatch.GetElapsedTime(began) > Away;
            },
            "Redis was away for long enough");
        Assert.True(refused > Keys);
        await calls.AllEndedInTimeAsync();

        trio.Redis.Resume();

        for (var i = 0; i < Keys; i++)
        {
            var reply = "";
            await Eventually.HoldsAsync(
                () =>
                {
                    reply = probes[i % 3].Ask("GET", $"away/{i}");
                    Assert.Matches(NewOrRefused(), reply);
                    return reply[0] != '-';
                },
                "registers are served again");
            Assert.Equal("$5\r\nblock\r\n", probes[i % 3].Ask("GET", $"kv:away/{i}"));
        }

        await trio.AgreeAsync(trio.Silos);
        foreach (var probe in probes)
            probe.Dispose();
    }

    [GeneratedRegex(@"^-TRYAGAIN .*\r\n$")]
    private static partial Regex Refused();

    [GeneratedRegex(@"^(-TRYAGAIN .*|\$3\r\nnew|\$-1)\r\n$")]
    private static partial Regex NewOrRefused();
}
