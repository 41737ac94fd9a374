using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.Tests;

/// <summary>Threads that write, read, match, lease, exchange copies, delete and sweep on an arena far too small for them.</summary>
public sealed partial class StressTests(ITestOutputHelper output)
{
    private const int Threads = 4;
    private const int Rounds = 6_000;
    private const int Overwritten = 12;
    private const int WrittenOnce = 24;
    private const int LongestBlock = 400_000;

    private static readonly TimeSpan LongLease = TimeSpan.FromSeconds(60);

    private long _reads;
    private long _leasedReads;
    private long _refusals;

    [Fact]
    public async Task WritersReadersAndLeases_OnATinyArena_EveryReadIsWholeAndLeasesHold()
    {
        using var test = new TestStore(2 * TestStore.Region, TestStore.Region,
            options => options with { MaxLeasedShare = 0.9, MaxLeasedSharePerOwner = 0.5 });
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() => RunThread(test, thread))));

        var sums = test.Statistics;
        output.WriteLine($"{_reads} reads, {_leasedReads} of leased blocks, {_refusals} refusals, {sums.Evictions} evictions");
        Assert.True(_reads > 0 && _leasedReads > 0 && sums.Evictions > 0); // whether anything was refused depends on how the threads met
        Assert.True(_copies > 0 && _buried > 0 && _swept > 0 && _reused > 0 && _droppedRegisters > 0);
        Assert.Equal((0, 0, 0L, 0L, 0L), (sums.Leases, sums.PinnedBlocks, sums.LeasedBytes, sums.StagedBytes, sums.RetiredBytes));

        // Every page that was ever handed out comes back.
        using var everything = test.Store.TryStage((int)sums.ArenaBytes);
        Assert.NotNull(everything);
        Assert.Equal(0, test.Statistics.FreeBytes + test.Statistics.PayloadBytes);
        Assert.Equal((0, 0L, 0), (test.Statistics.CopyBlocks, test.Statistics.CopyBytes, test.Statistics.Registers));
    }

    private void RunThread(TestStore test, int thread)
    {
        var random = new Random(thread);
        var held = new List<(string Key, BlockVersion Version)>();
        var buried = new Dictionary<string, long>();
        for (var round = 0; round < Rounds; round++)
        {
            switch (random.Next(9))
            {
                case 0:
                    Write(test, random, $"once {random.Next(WrittenOnce)}", overwrite: false);
                    break;
                case 1:
                    Write(test, random, $"often {random.Next(Overwritten)}", overwrite: true);
                    break;
                case 2 or 3:
                    Read(test, random.Next(2) == 0 ? $"once {random.Next(WrittenOnce)}" : $"often {random.Next(Overwritten)}");
                    break;
                case 4:
                    LeaseAndRead(test, random, thread, held);
                    break;
                case 5:
                    OfferACopy(test, random, $"shared {random.Next(Shared)}");
                    break;
                case 6:
                    ChangeAndRead(test, random, $"shared {random.Next(Shared)}", buried);
                    break;
                case 7:
                    SweepOrDrop(test, random);
                    break;
                default:
                    RemoveOne(test, $"often {random.Next(Overwritten)}");
                    test.Time.Advance(TimeSpan.FromTicks(10));
                    test.Store.SweepExpired(20);
                    break;
            }
        }

        ReadHeldAndRelease(test, thread, held);
    }

    private void Write(TestStore test, Random random, string key, bool overwrite)
    {
        var version = test.NextVersion();
        using var staged = test.TryStage(version.Sequence, random.Next(LongestBlock));
        if (staged is null)
        {
            Interlocked.Increment(ref _refusals);
            return;
        }

        BlockVersion? expected = overwrite && test.Store.TryGetInfo(TestStore.Key(key), out var info) ? info.Version : null;
        var mine = test.Store.Staging.Take(test.Store.Staging.Deposit(staged));
        TimeSpan? timeToLive = overwrite && random.Next(3) == 0 ? TimeSpan.FromTicks(200) : null;
        test.Store.TryPublish(TestStore.Key(key), expected, mine!, version, timeToLive, overwrite ? BlockKind.Overwritable : BlockKind.WriteOnce);
    }

    private void Read(TestStore test, string key)
    {
        if (!test.Store.TryOpen(TestStore.Key(key), out var block))
            return;
        using (block)
            TestStore.AssertContent(block);
        Interlocked.Increment(ref _reads);
    }

    /// <summary>Nobody removes a block that is written once, so a leased one must be there until its release, many rounds later.</summary>
    private void LeaseAndRead(TestStore test, Random random, int thread, List<(string Key, BlockVersion Version)> held)
    {
        if (held.Count > 12)
            ReadHeldAndRelease(test, thread, held);

        var keys = Enumerable.Range(0, 5).Select(_ => $"once {random.Next(WrittenOnce)}").ToArray();
        var grant = test.Match(thread, LongLease, out var results, keys);
        var keep = grant.LeaseId == 0 || random.Next(2) == 0 ? keys.Length : random.Next(keys.Length);
        test.Store.Release(thread, grant.LeaseId, keep);
        held.AddRange(keys.Zip(results).Take(keep).Where(pair => pair.Second.Found).Select(pair => (pair.First, pair.Second.Version)));
    }

    private void ReadHeldAndRelease(TestStore test, int thread, List<(string Key, BlockVersion Version)> held)
    {
        foreach (var (key, version) in held)
            test.AssertReads(key, version);
        Interlocked.Add(ref _leasedReads, held.Count);
        held.Clear();
        test.Store.ReleaseAll(thread);
    }

    private static void RemoveOne(TestStore test, string key)
    {
        if (test.Store.TryGetInfo(TestStore.Key(key), out var info))
            test.Store.TryRemove(TestStore.Key(key), info.Version);
    }
}
