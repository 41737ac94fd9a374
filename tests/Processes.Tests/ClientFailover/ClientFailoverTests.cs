using System.Diagnostics;
using System.Globalization;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.ClientFailover;

/// <summary>The client over three silos in processes of their own, one of which is killed or stands still: no call fails, and no block of two silos is lost.</summary>
/// <remarks>KVORLEANS_KILLS, KVORLEANS_KILL_SEED and KVORLEANS_PAUSE (seconds) say otherwise for long runs.</remarks>
[Collection(HeavyLoad.Name)]
public sealed class ClientFailoverTests(ITestOutputHelper output)
{
    private const int Blocks = 80;

    [Fact]
    public async Task Kill_OfASiloWhileBlocksAreWritten_FailsNoCallAndLosesNoReplicatedBlock()
    {
        var seed = Number("KILL_SEED", Random.Shared.Next(1_000_000));
        await using var trio = await SiloTrio.StartAsync();
        await using var client = await trio.ConnectAsync();
        for (var round = 0; round < Number("KILLS", 2); round++)
        {
            var random = new Random(seed + round);
            var (victim, moment) = (random.Next(3), random.Next(Blocks));
            var blocks = new StoredBlocks(client, $"kill-{seed}-{round}");
            using var stop = new CancellationTokenSource();
            var reading = blocks.ReadAsync(seed, stop.Token);
            var began = Stopwatch.GetTimestamp();

            await blocks.WriteAsync(Blocks, acknowledged =>
            {
                if (acknowledged == moment + 1)
                    trio.Silos[victim].Kill();
            });
            var written = Stopwatch.GetElapsedTime(began);
            blocks.Phase = "detecting";
            await trio.AgreeAsync([.. trio.Silos.Where((_, i) => i != victim)]);
            blocks.Phase = "reading";
            await blocks.ReadAllAsync();
            blocks.Phase = "restarting";
            await trio.RestartAsync(victim);
            await trio.AgreeAsync(trio.Silos);
            blocks.Phase = "restarted";
            await stop.CancelAsync();
            await reading;
            await blocks.ReadAllAsync();

            var line = string.Create(CultureInfo.InvariantCulture,
                $"seed {seed + round}: silo {victim} killed after {moment + 1} of {blocks.Count} writes ({written.TotalSeconds:0.0} s), {blocks.Reads} blocks read, worst {blocks.WorstRead.TotalMilliseconds:0} ms, failed: {(blocks.Failures is "" ? "none" : blocks.Failures)}");
            output.WriteLine(line);
            Assert.True(blocks.Failures is "", line);
            Assert.Equal(Blocks, blocks.Count);
            Assert.True(blocks.WorstRead <= StoredBlocks.LongestRead, line);
        }
    }

    [Theory]
    [InlineData(0)]
    public async Task Pause_OfASiloWhileBlocksAreRead_FailsNoCall(int victim)
    {
        var pause = TimeSpan.FromSeconds(Number("PAUSE", 6));
        await using var trio = await SiloTrio.StartAsync();
        await using var client = await trio.ConnectAsync();
        var blocks = new StoredBlocks(client, "pause");
        await blocks.WriteAsync(Blocks, _ => { });
        using var stop = new CancellationTokenSource();
        var reading = blocks.ReadAsync(victim, stop.Token);

        trio.Silos[victim].Pause();
        using (var timer = new PeriodicTimer(pause))
            await timer.WaitForNextTickAsync();
        trio.Silos[victim].Resume();
        await trio.AgreeAsync(trio.Silos);
        await stop.CancelAsync();
        await reading;
        await blocks.ReadAllAsync();

        var line = $"silo {victim} paused for {pause.TotalSeconds} s: {blocks.Reads} blocks read, worst {blocks.WorstRead.TotalMilliseconds:0} ms, failed: {(blocks.Failures is "" ? "none" : blocks.Failures)}";
        output.WriteLine(line);
        Assert.True(blocks.Failures is "", line);
        Assert.True(blocks.WorstRead <= StoredBlocks.LongestRead, line);
    }

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable($"KVORLEANS_{name}") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
