using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Digests;

namespace KvOrleans.Storage.Tests.Digests;

/// <summary>Random operations on a store: its digest has what a recount of its keys has, bit for bit, and who follows the changes has the same.</summary>
public sealed class DigestModelTests(ITestOutputHelper output)
{
    private const int Steps = 120_000;
    private const int StepsPerPhase = 20_000;
    private const int StepsPerRecount = 2_000;
    private const int Names = 14_000;
    private const int MostOpen = 100;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomOperations_DigestIsWhatARecountSays(int seed)
    {
        using var run = new Run(seed);
        for (var step = 0; step < Steps; step++)
            run.Step(step);
        run.End();
        output.WriteLine(run.Summary);
    }

    private sealed class Run : IDisposable
    {
        private readonly Random _random;

        // Room for 6,656 blocks of a page, so that in the phases of growth many are evicted.
        private readonly TestStore _test = new(13 * TestStore.Region, 4 * TestStore.Region);
        private readonly DigestCopy _copy;
        private readonly List<OpenBlock> _open = [];
        private long _rebuildsDuringReads;
        private int _largest;
        private int _followed;

        public Run(int seed)
        {
            _random = new(seed);
            _copy = new(_test.Store);
        }

        public string Summary => $"{_test.Statistics.DigestRebuilds} rebuilds, {_largest} keys at most, {_test.Statistics.Evictions} evictions, "
            + $"{_test.Statistics.Expirations} expirations, {_followed} rounds, {_rebuildsDuringReads} with another filter in the middle";

        private BlockStore Store => _test.Store;

        public void Step(int step)
        {
            _test.Time.Advance(TimeSpan.FromTicks(1));
            var isGrowing = step / StepsPerPhase % 2 == 0;
            if (isGrowing && step % StepsPerPhase == 0)
                Store.DropAll(BlockKind.WriteOnce);
            switch (_random.Next(20))
            {
                case < 10:
                    if (isGrowing)
                        Put();
                    else
                        Remove();
                    break;
                case < 13 when isGrowing:
                    Put();
                    break;
                case < 13:
                    Remove();
                    break;
                case < 15:
                    Put();
                    break;
                case 15:
                    Remove();
                    break;
                case 16:
                    Open();
                    break;
                case 17:
                    CloseSome();
                    break;
                case 18:
                    Lease();
                    break;
                default:
                    Rarely();
                    break;
            }

            _largest = Math.Max(_largest, _test.Statistics.Blocks);
            if (step % StepsPerRecount == 0)
                Recount();
        }

        public void End()
        {
            Store.DropAll(BlockKind.WriteOnce);
            Store.DropAll(BlockKind.Overwritable);
            Assert.False(_copy.Refresh().Words.ContainsAnyExcept(0ul));
            Assert.True(_test.Statistics.DigestRebuilds > 6 && _rebuildsDuringReads > 0 && _test.Statistics.Evictions > 0 && _test.Statistics.Expirations > 0, Summary);

            // As nobody comes and goes any more, it is the sweep that makes it small again.
            for (var i = 0; i < 100 && _copy.Refresh().Capacity > 3000; i++)
                Store.SweepExpired(1000);
            Assert.InRange(_copy.Capacity, 1, 3000);
        }

        public void Dispose()
        {
            _open.ForEach(block => block.Dispose());
            _test.Dispose();
        }

        private void Recount()
        {
            // A sweep drops whatever it meets expired: what it names is what is indexed.
            var expected = new HashSet<string>(_test.SweepAll(10_000).Select(block => Encoding.UTF8.GetString(block.Key.Span)));
            var whole = new DigestCopy(Store).Refresh();
            var words = new ulong[whole.Words.Length];
            foreach (var hash in expected.Select(key => KeyDigest.Hash(TestStore.Key(key))))
            {
                var block = words.AsSpan(KeyDigest.BlockOf(hash, whole.Blocks) * KeyDigest.WordsPerBlock, KeyDigest.WordsPerBlock);
                for (var i = 0; i < KeyDigest.BitsOfKey; i++)
                    block[KeyDigest.BitOf(hash, i) / 64] |= 1UL << (KeyDigest.BitOf(hash, i) % 64);
            }

            Assert.Equal(expected.Count, _test.Statistics.Blocks);
            Assert.True(whole.Words.SequenceEqual(words), "the digest has what is indexed");
            Assert.True(_copy.Refresh().Words.SequenceEqual(words), "and who follows its changes has the same");
            Assert.Equal(0, _test.Statistics.DigestFaults);
        }

        private void Put()
        {
            var key = AnyKey().Key;
            using var staged = Store.TryStage(0);
            Assert.NotNull(staged);
            var expected = Store.TryGetInfo(key, out var info) ? info.Version : (BlockVersion?)null; // asked now, since to stage may be to evict it
            TimeSpan? timeToLive = _random.Next(8) == 0 ? TimeSpan.FromTicks(_random.Next(1, 3000)) : null;
            Assert.True(Store.TryPublish(key, expected, staged, _test.NextVersion(), timeToLive, _random.Next(10) == 0 ? BlockKind.Overwritable : BlockKind.WriteOnce));
        }

        private void Remove()
        {
            var (_, key) = AnyKey();
            if (Store.TryGetInfo(key, out var info))
                Assert.True(Store.TryRemove(key, info.Version));
        }

        /// <summary>Whatever is open stays as a record when its key goes.</summary>
        private void Open()
        {
            if (_open.Count < MostOpen && Store.TryOpen(AnyKey().Key, out var block))
                _open.Add(block);
        }

        private void CloseSome()
        {
            for (var i = 0; i < 2 && _open.Count > 0; i++)
            {
                var index = _random.Next(_open.Count);
                _open[index].Dispose();
                _open.RemoveAt(index);
            }
        }

        private void Lease() => _test.Match(1, TimeSpan.FromTicks(_random.Next(1, 300)), AnyKey().Name, AnyKey().Name);

        private void Rarely()
        {
            switch (_random.Next(12))
            {
                case 0:
                    Store.SweepExpired(_random.Next(1000));
                    break;
                case 1 when _random.Next(20) == 0:
                    Store.DropRegisters(_ => _random.Next(2) == 0);
                    break;
                case 2:
                    _test.Bury(AnyKey().Name, _test.NextVersion());
                    break;
                case < 6:
                    Follow();
                    break;
            }
        }

        /// <summary>In many small reads, with blocks that come and go in between.</summary>
        private void Follow()
        {
            var generation = _copy.Generation;
            var isFirst = true;
            var changed = false;
            _copy.Refresh(_random.Next(1, 60), () =>
            {
                changed |= !isFirst && _copy.Generation != generation;
                isFirst = false;
                generation = _copy.Generation;
                for (var i = _random.Next(40); i > 0; i--)
                {
                    if (_random.Next(2) == 0)
                        Put();
                    else
                        Remove();
                }
            });
            _followed++;
            if (changed || (!isFirst && _copy.Generation != generation))
                _rebuildsDuringReads++;
        }

        private (string Name, byte[] Key) AnyKey()
        {
            var name = $"kv:{_random.Next(Names)}";
            return (name, TestStore.Key(name));
        }
    }
}
