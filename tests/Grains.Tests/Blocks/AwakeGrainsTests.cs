using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Blocks;
using KvOrleans.Probes;
using KvOrleans.Probes.Clusters;

namespace KvOrleans.Grains.Tests.Blocks;

/// <summary>No more grains are awake than allowed, whatever is asked of them at once.</summary>
public sealed class AwakeGrainsTests
{
    [Fact]
    public async Task Commits_OfTenThousandKeysAtOnce_NeverWakeMoreThanTheBound()
    {
        const int Bound = 64;
        await using var cluster = await BlockCluster.StartAsync(maxAwake: Bound);
        var silo = cluster.Silo;
        var most = 0;
        using var done = new CancellationTokenSource();
        var watching = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                most = Math.Max(most, silo.Awake.Count);
        });

        var decided = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(async i =>
        {
            var ticket = silo.Stage("v");
            try
            {
                var request = new CommitRequest(BlockKey.From($"k{i}"), ticket, WriteCondition.Any, null, false, 0);
                return (await silo.Grain($"k{i}").CommitAsync(request)).Outcome == DecisionOutcome.Accepted;
            }
            catch (TooManyAwakeException)
            {
                silo.Store.Staging.Take(ticket)!.Dispose();
                return false;
            }
        }));

        await done.CancelAsync();
        await watching;
        Assert.InRange(most, 1, Bound);
        Assert.Equal(decided.Count(accepted => accepted), silo.Store.GetStatistics().Blocks);
        Assert.Equal(0, silo.StagedBytes);
        await Eventually.HoldsAsync(() => silo.Awake.Count == 0, "every grain sleeps");
        Assert.Equal(DecisionOutcome.Accepted, (await silo.CommitAsync("after", "v", WriteCondition.Any)).Outcome);
    }

    [Fact]
    public void TryEnter_ByManyThreads_NeverPassesTheBound()
    {
        var awake = new AwakeGrains(8);
        var most = 0;

        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var entered = awake.TryEnter();
                var count = awake.Count;
                for (var seen = Volatile.Read(ref most); count > seen; seen = Volatile.Read(ref most))
                    Interlocked.CompareExchange(ref most, count, seen);
                if (entered && i % 3 > 0)
                    awake.Leave();
            }
        });

        Assert.InRange(most, 1, 8);
    }
}
