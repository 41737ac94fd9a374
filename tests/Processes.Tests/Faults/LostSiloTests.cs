using System.Diagnostics;
using System.Net.Sockets;
using KvOrleans.Client;
using KvOrleans.Client.Reading;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Faults;

/// <summary>One of three silos stops answering, with its connections open or not, and comes back: nobody waits long, and what was deleted meanwhile is gone.</summary>
[Collection(HeavyLoad.Name)]
public sealed class LostSiloTests(ITestOutputHelper output)
{
    private const int Blocks = 24;
    private const string Last = "c";

    private static readonly TimeSpan WorstRead = TimeSpan.FromSeconds(2);

    // A change may have to be heard of elsewhere first: 7 s, and what connecting takes.
    private static readonly TimeSpan WorstChange = TimeSpan.FromSeconds(9);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Loss_OfOneOfThree_IsWaitedForByNobody_AndBringsNothingBack(bool isPaused)
    {
        await using var trio = await SiloTrio.StartAsync();
        var client = await trio.ConnectAsync();
        var map = await client.GetMapAsync();
        var (live, dead, registers) = (Keys("kv:live/", map), Keys("kv:dead/", map), Keys("reg/", map));
        await WriteAsync(trio, live, dead, registers);
        await using var calls = new EveryCall(client);

        if (isPaused)
            trio.Silos[2].Pause();
        else
            trio.Silos[2].Kill();

        // All before anybody knows of the loss.
        await Task.WhenAll(
            ReadThroughClientAsync(client, live),
            OwnThread.RunAsync(() => ReadThroughAnother(trio.Silos[0], live)),
            OwnThread.RunAsync(() => AskForRegisters(trio.Silos[1], registers)),
            DeleteAsync(trio.Silos[0], dead));

        await trio.AgreeAsync([.. trio.Silos.Take(2)]);
        output.WriteLine(await calls.AllEndedInTimeAsync());
        if (isPaused)
            trio.Silos[2].Resume();
        else
            await trio.RestartAsync(2);
        await Eventually.HoldsAsync(
            () =>
            {
                Assert.All(dead, key => Assert.DoesNotContain(Value(key), Try(trio.Silos[2], "GET", key), StringComparison.Ordinal));
                return trio.Silos.All(silo => SiloTrio.Told(silo, "silos") == "3");
            },
            "it is back");
        Assert.All(trio.Silos, silo => Assert.All(dead, key => Assert.Equal("$-1\r\n", Try(silo, "GET", key))));
        Assert.All(live, key => Assert.Equal(Reply(key), Try(trio.Silos[2], "GET", key)));
        foreach (var register in registers)
            await Eventually.HoldsAsync(() => Try(trio.Silos[2], "SET", register, "again") == "+OK\r\n", $"{register} is served again");
    }

    /// <summary>Some that the last silo owns, and some that it does not.</summary>
    private static string[] Keys(string prefix, ClusterMap map)
    {
        var all = Enumerable.Range(0, 1000).Select(i => $"{prefix}{i}").ToLookup(key => map.Silos[Rendezvous.OwnerOf(BlockKey.From(key), map)].Name == Last);
        return [.. all[true].Take(Blocks / 2), .. all[false].Take(Blocks / 2)];
    }

    private static async Task WriteAsync(SiloTrio trio, string[] live, string[] dead, string[] registers)
    {
        foreach (var key in live.Concat(dead))
        {
            await Eventually.HoldsAsync(
                () => !Try(trio.Silos[0], "KV.SET", key, "ANY", "0", "-", "REPLICATED", Value(key)).StartsWith('-'), $"{key} is on two silos");
            Assert.Equal(Reply(key), Try(trio.Silos[0], "GET", key));
        }

        foreach (var register in registers)
            await Eventually.HoldsAsync(() => Try(trio.Silos[1], "SET", register, "v") == "+OK\r\n", $"{register} is written");
    }

    private static async Task ReadThroughClientAsync(PrefixCacheClient client, string[] keys)
    {
        foreach (var key in keys)
        {
            var began = Stopwatch.GetTimestamp();
            var read = await client.ReadAsync(BlockKey.From(key), new byte[100], WorstRead);
            Assert.True(read.Outcome == BlockReadOutcome.Hit, $"{key}: {read.Outcome} after {Stopwatch.GetElapsedTime(began)}");
        }
    }

    private static void ReadThroughAnother(SiloProcess silo, string[] keys)
    {
        using var probe = new RespProbe(silo.Port);
        foreach (var key in keys)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(Reply(key), probe.Ask("GET", key));
            AssertTook(began, WorstRead, key);
        }
    }

    private static void AskForRegisters(SiloProcess silo, string[] registers)
    {
        using var probe = new RespProbe(silo.Port);
        foreach (var register in registers)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Matches(@"^(-TRYAGAIN .*|\$1\r\nv|\$-1)\r\n$", probe.Ask("GET", register));
            AssertTook(began, WorstRead, register);
            began = Stopwatch.GetTimestamp();
            Assert.Matches(@"^(-TRYAGAIN .*|-BUSY .*|-UNKNOWN .*|\+OK)\r\n$", probe.Ask("SET", register, "v"));
            AssertTook(began, WorstChange, register);
        }
    }

    /// <summary>Deletes are acknowledged when no silo is left that may serve the block: here when the lost one is known to be.</summary>
    private static async Task DeleteAsync(SiloProcess silo, string[] keys) => await Task.WhenAll(keys.Select(async key =>
    {
        var reply = "";
        await Eventually.HoldsAsync(
            async () =>
            {
                var began = Stopwatch.GetTimestamp();
                await OwnThread.RunAsync(() => reply = Try(silo, "DEL", key));
                AssertTook(began, WorstChange, key);
                return reply[0] == ':';
            },
            $"{key} is deleted");
        Assert.Matches(@"^:[01]\r\n$", reply);
    }));

    private static void AssertTook(long began, TimeSpan most, string what)
    {
        var took = Stopwatch.GetElapsedTime(began);
        Assert.True(took <= most, $"{what} took {took}, more than {most}");
    }

    /// <summary>The reply; an error of no kind while the silo cannot be reached.</summary>
    private static string Try(SiloProcess silo, params string[] command)
    {
        try
        {
            using var probe = new RespProbe(silo.Port);
            return probe.Ask(command);
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return $"-{error.Message}";
        }
    }

    private static string Value(string key) => $"the value of {key}";

    private static string Reply(string key) => $"${Value(key).Length}\r\n{Value(key)}\r\n";
}
