using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Tests;

/// <summary>What threads do to blocks that other silos hold too.</summary>
public sealed partial class StressTests
{
    private const int Shared = 16;

    private long _copies;
    private long _buried;
    private long _swept;
    private long _reused;
    private long _droppedRegisters;

    private void OfferACopy(TestStore test, Random random, string key)
    {
        var role = random.Next(3) == 0 ? BlockRole.Last : BlockRole.Copy;
        var version = test.NextVersion();
        using var staged = test.TryStage(version.Sequence, random.Next(LongestBlock), role);
        if (staged is not null && test.Store.TryPublishCopy(TestStore.Key(key), staged, version, null, role))
            Interlocked.Increment(ref _copies);
    }

    /// <summary>What this thread has buried is never read again by it, whoever offers it.</summary>
    private void ChangeAndRead(TestStore test, Random random, string key, Dictionary<string, long> buried)
    {
        if (test.Store.TryOpen(TestStore.Key(key), out var block, countsAsUse: random.Next(2) == 0))
        {
            using (block)
            {
                TestStore.AssertContent(block);
                Assert.True(block.Version.Sequence > buried.GetValueOrDefault(key), "A buried version came back.");
                test.Store.SetRole(TestStore.Key(key), block.Version, random.Next(2) == 0 ? BlockRole.Last : BlockRole.Copy);
                test.Store.AddHolder(TestStore.Key(key), block.Version, random.Next(64));
            }
        }

        if (random.Next(4) > 0)
            return;
        var version = test.NextVersion();
        if (test.Bury(key, version))
            Interlocked.Increment(ref _buried);
        buried[key] = version.Sequence;
    }

    private void SweepOrDrop(TestStore test, Random random)
    {
        switch (random.Next(10))
        {
            case 0:
                Interlocked.Add(ref _droppedRegisters, test.Store.DropRegisters(key => key[^1] % 2 == 0));
                break;
            case 1:
                test.Store.DropBuried();
                break;
            case 2:
                test.Store.ForgetHolders((ulong)random.NextInt64());
                break;
            case < 6:
                Interlocked.Add(ref _reused, test.Store.TakeReused(new ReusedBlock[8]));
                break;
            default:
                var blocks = test.SweepAll(random.Next(1, 50));
                Assert.All(blocks, block => Assert.InRange(block.Key.Length, 1, 20));
                Interlocked.Add(ref _swept, blocks.Count);
                break;
        }
    }
}
