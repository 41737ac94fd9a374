using System.Diagnostics;
using System.Globalization;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Replication;

/// <summary>Silos in processes of their own that are killed and told to stop: what two held is lost by neither, and what one held goes on elsewhere.</summary>
public sealed class ReplicationTests
{
    private const int Blocks = 40;

    private static readonly string Content = new('x', 256 << 10);

    [Fact]
    public async Task Kill_OfOneOfThree_LosesNoReplicatedBlock_AndAllHaveTwoHoldersAgain()
    {
        await using var trio = await SiloTrio.StartAsync();
        using (var probe = new RespProbe(trio.Silos[0].Port, buffer: 1 << 20))
        {
            for (var i = 0; i < Blocks; i++)
                Assert.Contains("accepted", probe.Ask("KV.SET", Key(i), "ANY", "0", "-", "REPLICATED", Content), StringComparison.Ordinal);
        }

        Assert.Equal(2 * Blocks, Held(trio.Silos));

        trio.Silos[2].Kill();
        var left = trio.Silos.Take(2).ToList();
        await trio.AgreeAsync(left);
        var known = Stopwatch.GetTimestamp();

        await Eventually.HoldsAsync(() => Held(left) == 2 * Blocks, "all blocks have two holders again");
        Assert.InRange(Stopwatch.GetElapsedTime(known), TimeSpan.Zero, TimeSpan.FromSeconds(30));
        AssertAllReadable(left[0]);
        AssertAllReadable(left[1]);
    }

    [Fact]
    public async Task Terminate_OfOneOfThree_GivesItsBlocksAwayFirst()
    {
        await using var trio = await SiloTrio.StartAsync();
        using (var probe = new RespProbe(trio.Silos[0].Port, buffer: 1 << 20))
        {
            for (var i = 0; i < Blocks; i++)
                Assert.StartsWith("+OK", probe.Ask("SET", Key(i), Content), StringComparison.Ordinal);
        }

        Assert.Equal(Blocks, Held(trio.Silos));

        trio.Silos[2].SendTerminate();
        Assert.Equal(0, await trio.Silos[2].ExitAsync());

        var left = trio.Silos.Take(2).ToList();
        await trio.AgreeAsync(left);
        AssertAllReadable(left[0]);
        AssertAllReadable(left[1]);
        Assert.Contains("Drained: ", trio.Silos[2].Written, StringComparison.Ordinal);
    }

    private static string Key(int i) => $"kv:m/{i}";

    private static int Held(IEnumerable<SiloProcess> silos) =>
        silos.Sum(silo => int.TryParse(SiloTrio.Told(silo, "blocks"), CultureInfo.InvariantCulture, out var blocks) ? blocks : 0);

    private static void AssertAllReadable(SiloProcess silo)
    {
        using var probe = new RespProbe(silo.Port, buffer: 1 << 20);
        for (var i = 0; i < Blocks; i++)
            Assert.EndsWith(Content + "\r\n", probe.Ask("GET", Key(i)), StringComparison.Ordinal);
    }
}
