using System.Text;
using KvOrleans.Contracts.Digests;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Digests;

namespace KvOrleans.Storage.Tests.Digests;

public sealed class DigestTests(ITestOutputHelper output)
{
    private const int Probes = 200_000;
    private const double MostWrong = 0.01;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public void ReadDigest_KeyThatCameAndWent_IsInItAndIsNot()
    {
        using var test = new TestStore();
        var digest = new DigestCopy(test.Store).Refresh();
        Assert.False(digest.MayHave("a"u8));

        var version = test.Put("a", 1);
        Assert.True(digest.Refresh().MayHave("a"u8));
        Assert.Equal((1, false), (digest.Changes, digest.MayHave("b"u8)));

        test.Put("a", 1, version);
        Assert.True(digest.Refresh().MayHave("a"u8));

        Assert.True(test.Store.TryGetInfo("a"u8, out var info) && test.Store.TryRemove("a"u8, info.Version));
        Assert.False(digest.Refresh().MayHave("a"u8));
        Assert.Equal((1, 0), (digest.Changes, digest.Refresh().Changes));
    }

    [Fact]
    public void ReadDigest_OfAnotherGeneration_IsWholeFromTheBeginning()
    {
        using var test = new TestStore(memory: 4 * TestStore.Region);
        for (var i = 0; i < 1000; i++)
            test.Put($"{i}", 0);
        var into = new byte[1000 * BlockStore.BytesPerDigestChange];
        var whole = test.Store.ReadDigest(0, 0, 0, into);

        Assert.Equal(whole, test.Store.ReadDigest(whole.Generation + 1, whole.Number, 30, into));
        Assert.Equal(whole.Blocks, whole.Changes);
        Assert.Equal(whole with { Changes = 0 }, test.Store.ReadDigest(whole.Generation, whole.Number, 0, into));
        Assert.Equal(whole with { Changes = 0 }, test.Store.ReadDigest(whole.Generation, 0, whole.Blocks, into));
        Assert.Equal(whole with { Changes = 0 }, test.Store.ReadDigest(whole.Generation, long.MaxValue, int.MaxValue, into));
        Assert.Equal(whole with { Changes = whole.Blocks - 30 }, test.Store.ReadDigest(whole.Generation, 0, 30, into));
        Assert.Equal(whole with { Changes = 1, Next = 31 }, test.Store.ReadDigest(whole.Generation, 0, 30, into.AsSpan(0, 100)));
    }

    [Fact]
    public void ReadDigest_WithWrongNumbers_Throws()
    {
        using var test = new TestStore();
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Store.ReadDigest(0, -1, 0, new byte[100]));
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Store.ReadDigest(0, 0, -1, new byte[100]));
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Store.ReadDigest(0, 0, 0, new byte[BlockStore.BytesPerDigestChange - 1]));
    }

    [Fact]
    public void Digest_AtFullLoad_LetsFewAbsentKeysPass()
    {
        using var test = new TestStore(memory: 100L * TestStore.Region, segment: 100 * TestStore.Region);
        var digest = new DigestCopy(test.Store);
        var keys = 0;
        while (keys < 30_000 || keys < digest.Refresh().Capacity)
            Put(test, keys++);

        Assert.Equal(digest.Capacity, keys);
        Assert.True(Enumerable.Range(0, keys).All(i => digest.MayHave(Key(i))), "whatever is there is in it");
        var wrong = (double)Enumerable.Range(keys, Probes).Count(i => digest.MayHave(Key(i))) / Probes;
        var bytes = (double)test.Statistics.DigestBytes / keys;
        output.WriteLine($"{keys} keys: {wrong:p2} of absent keys pass; {bytes:f1} bytes a key");
        Assert.InRange(wrong, 0, MostWrong);
        Assert.InRange(bytes, 1, 8);
    }

    [Fact]
    public void Digest_WhileItIsRebuilt_LetsFewAbsentKeysPass()
    {
        using var test = new TestStore(memory: 100L * TestStore.Region, segment: 100 * TestStore.Region);
        var digest = new DigestCopy(test.Store);
        var keys = 0;
        while (keys < 20_000 || keys < digest.Refresh().Capacity)
            Put(test, keys++);
        var (full, generation) = (keys, digest.Generation);
        byte[] key;
        double wrong;
        do
        {
            wrong = (double)Enumerable.Range(1_000_000, Probes / 10).Count(i => digest.MayHave(Key(i))) / (Probes / 10);
            for (var i = 0; i < 100; i++)
                Put(test, keys++);
            key = Key(keys - 1);
            Assert.True(digest.Refresh().MayHave(key));
        }
        while (digest.Generation == generation);

        output.WriteLine($"Rebuilt with {(double)keys / full:p1} of the keys it was made for, {wrong:p2} of absent keys passed before.");
        Assert.InRange(keys, full, full * 1.15);
        Assert.InRange(wrong, 0, 0.015);
        Assert.InRange(digest.Capacity, full * 1.45, full * 1.55);
    }

    [Fact]
    public void Digest_OfHalfAsManyKeys_IsNotRebuilt()
    {
        using var test = new TestStore(memory: 60L * TestStore.Region, segment: 60 * TestStore.Region);
        for (var i = 0; i < 20_000; i++)
            Put(test, i);
        test.Store.SweepExpired(int.MaxValue);
        var rebuilds = test.Statistics.DigestRebuilds;
        Assert.NotEqual(0, rebuilds);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 10_000; i++)
                Remove(test, i);
            test.Store.SweepExpired(int.MaxValue);
            for (var i = 0; i < 10_000; i++)
                Put(test, i);
        }

        Assert.Equal(rebuilds, test.Statistics.DigestRebuilds);
        Assert.Equal(0, test.Statistics.DigestFaults);
    }

    [Fact]
    public async Task Digest_ReadWhileItGrowsUnderManyWriters_HasWhateverWasThereBefore()
    {
        const int Writers = 3;
        const int Rounds = 40;
        const int KeysPerRound = 500;
        using var test = new TestStore(memory: 120L * TestStore.Region, segment: 120 * TestStore.Region);
        using var together = new Barrier(Writers + 1);
        var writing = Enumerable.Range(0, Writers).Select(writer => Task.Factory.StartNew(() => Write(writer), TaskCreationOptions.LongRunning)).ToList();
        var digest = new DigestCopy(test.Store);
        var generations = new HashSet<ulong>();
        for (var round = 0; round <= Rounds; round++)
        {
            Assert.True(together.SignalAndWait(Deadline));
            generations.Add(digest.Refresh(100).Generation);
            for (var i = Math.Max(0, (round - 3) * KeysPerRound); i < round * KeysPerRound; i++)
                Assert.True(Enumerable.Range(0, Writers).All(writer => IsGone(i) || digest.MayHave(TestStore.Key($"{writer}/{i}"))), $"{i} in round {round}");
        }

        await Task.WhenAll(writing);
        output.WriteLine($"{generations.Count} generations were seen, of {test.Statistics.DigestRebuilds}.");
        Assert.True(generations.Count > 3);

        static bool IsGone(int i) => i % 4 == 2;

        void Write(int writer)
        {
            for (var i = 0; i < Rounds * KeysPerRound; i++)
            {
                if (i % KeysPerRound == 0)
                    Assert.True(together.SignalAndWait(Deadline));
                var version = test.Put($"{writer}/{i}", 0);
                if (IsGone(i))
                    Assert.True(test.Store.TryRemove(TestStore.Key($"{writer}/{i}"), version));
            }

            Assert.True(together.SignalAndWait(Deadline));
        }
    }

    [Fact]
    public void Filter_CounterThatIsFull_KeepsItsBit()
    {
        var heap = new NativeHeap();
        var filter = new DigestFilter(heap, 1, 1);
        var number = 0L;
        var hash = KeyDigest.Hash("a"u8);
        for (var i = 0; i < 20; i++)
            filter.Add(hash, ref number);
        Assert.Equal(1, number);
        for (var i = 0; i < 20; i++)
            filter.Remove(hash, ref number);

        Assert.Equal((1L, false), (number, filter.IsFaulty));
        Assert.Equal(0, filter.CopyChanges(0, 0, new byte[100], 1, 100, out var copied));
        Assert.Equal(1, copied);
        Assert.False(filter.FreeSome(1));
        Assert.Equal((0L, 0L), (heap.Bytes, heap.Allocations));
    }

    [Fact]
    public void Filter_KeyThatWasNotIn_MakesItFaultyAndIsNotCountedBelowZero()
    {
        var heap = new NativeHeap();
        var filter = new DigestFilter(heap, 1, 1);
        var number = 0L;
        filter.Remove(KeyDigest.Hash("a"u8), ref number);

        Assert.Equal((0L, true), (number, filter.IsFaulty));
        filter.Add(KeyDigest.Hash("a"u8), ref number);
        filter.Remove(KeyDigest.Hash("a"u8), ref number);
        Assert.Equal(2, number);
        Assert.False(filter.FreeSome(1));
    }

    [Fact]
    public void ReadDigest_AllocatesNothing()
    {
        using var test = new TestStore(memory: 20L * TestStore.Region, segment: 20 * TestStore.Region);
        for (var i = 0; i < 5000; i++)
            Put(test, i);
        var into = new byte[4096 * BlockStore.BytesPerDigestChange];
        _ = test.Store.ReadDigest(0, 0, 0, into);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            _ = test.Store.ReadDigest(0, 0, 0, into);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Key(int i) => Encoding.ASCII.GetBytes($"kv:model/{i:x16}");

    private static void Put(TestStore test, int i)
    {
        var staged = test.Store.TryStage(0);
        Assert.NotNull(staged);
        Assert.True(test.Store.TryPublish(Key(i), null, staged, test.NextVersion(), null));
    }

    private static void Remove(TestStore test, int i) =>
        Assert.True(test.Store.TryGetInfo(Key(i), out var info) && test.Store.TryRemove(Key(i), info.Version));
}
