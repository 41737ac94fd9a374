using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Leases;
using KvOrleans.Storage.Staging;

namespace KvOrleans.Storage.Tests;

/// <summary>Random operations on a store of two segments and on the reference: every answer, every sum and every byte must agree.</summary>
public sealed partial class ModelTests
{
    private const int Steps = 12_000;
    private const int Keys = 60;
    private const int FirstRegister = 45;
    private const int Owners = 3;
    private const int LongestBlock = 700_000;
    private const int LongestLease = 400;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void RandomOperations_AgreeWithTheReference(int seed)
    {
        using var run = new Run(seed);
        for (var step = 0; step < Steps; step++)
            run.Step();
    }

    private sealed partial class Run : IDisposable
    {
        private readonly Random _random;
        private readonly TestStore _test = new(2 * TestStore.Region, TestStore.Region, options => options with { CopiesShare = 0.25, MaxLease = TimeSpan.FromTicks(LongestLease) });
        private readonly ReferenceStore _reference;
        private readonly List<(StagedBlock Staged, long Seed)> _staged = [];
        private readonly List<(OpenBlock Block, ReferenceStore.Entry Entry)> _open = [];
        private readonly List<(long Owner, long Id)> _leases = [];

        public Run(int seed)
        {
            _random = new(seed);
            var pages = 2 * PageArena.PagesPerRegion;
            _reference = new(pages, pages / 2, pages / 4, pages / 4, 10 * LongestLease);
        }

        private BlockStore Store => _test.Store;

        public void Step()
        {
            _test.Time.Advance(TimeSpan.FromTicks(_random.Next(1, 4)));
            _reference.Now = _test.Time.GetTimestamp();
            Store.GetStatistics();
            _reference.EndDue();
            _steps++;
            switch (_random.Next(30))
            {
                case < 6:
                    StageAndPerhapsPublish();
                    break;
                case 6:
                    PublishAnEarlierOne();
                    break;
                case < 10:
                    Open();
                    break;
                case < 13:
                    CloseOne();
                    break;
                case < 15:
                    Match();
                    break;
                case 15:
                    Release();
                    break;
                case 16:
                    Remove();
                    break;
                case 17:
                    SetTimeToLive();
                    break;
                case 18:
                    TouchOrInfo();
                    break;
                case 19 or 20:
                    StageAndOfferACopy();
                    break;
                case 21:
                    SetRole();
                    break;
                case 22:
                    ChangeHolders();
                    break;
                case 23:
                    Bury();
                    break;
                case 24:
                    TakeReused();
                    break;
                case 25:
                    SweepOrDrop();
                    break;
                case 26 or 27:
                    Extend();
                    break;
                default:
                    if (_random.Next(10) == 0)
                        Assert.Equal(_reference.Sweep(), Store.SweepExpired(int.MaxValue));
                    if (_random.Next(10) == 0)
                        ReleaseAll();
                    break;
            }

            AssertSums();
        }

        public void Dispose()
        {
            _open.ForEach(open => open.Block.Dispose());
            _staged.ForEach(staged => staged.Staged.Dispose());
            _test.Dispose();
        }

        private void StageAndPerhapsPublish()
        {
            var length = _random.Next(4) == 0 ? _random.Next(5000) : _random.Next(LongestBlock);
            if (_random.Next(200) == 0)
                length = (2 * TestStore.Region) + 1;
            var pages = PageArena.PagesFor(length);
            var staged = Store.TryStage(length);
            Assert.Equal(_reference.TryMakeRoom(pages, BlockRole.Last), staged is not null);
            if (staged is null)
                return;
            _reference.StagedPages += pages;
            var seed = _test.NextVersion().Sequence;
            TestStore.Write(staged, Content.Of(seed, length), _random.Next(2) == 0 ? int.MaxValue : _random.Next(5_000, 100_000));
            if (_staged.Count < 2 && _random.Next(4) == 0)
                _staged.Add((staged, seed));
            else
                Publish(staged, seed);
        }

        private void PublishAnEarlierOne()
        {
            if (_staged.Count == 0)
                return;
            var (staged, seed) = _staged[0];
            _staged.RemoveAt(0);
            Publish(staged, seed);
        }

        private void Publish(StagedBlock staged, long seed)
        {
            var key = AnyKey();
            var version = VersionOf(seed);
            var current = _reference.Find(key)?.Version;
            var expected = _random.Next(8) == 0 ? _test.NextVersion() : _random.Next(8) == 0 ? null : current;
            TimeSpan? timeToLive = _random.Next(3) == 0 ? TimeSpan.FromTicks(_random.Next(-1, 200)) : null;

            Assert.Equal(expected == current, Store.TryPublish(TestStore.Key(key), expected, staged, version, timeToLive, KindOf(key)));
            if (expected == current)
            {
                _reference.Publish(key, staged.Length, version, ExpiryOf(timeToLive), BlockRole.Last, KindOf(key));
            }

            staged.Dispose();
            _reference.StagedPages -= PageArena.PagesFor(staged.Length);
        }

        private void Open()
        {
            var key = AnyKey();
            var countsAsUse = _random.Next(3) > 0;
            var entry = _reference.Find(key);
            Assert.Equal(entry is not null, Store.TryOpen(TestStore.Key(key), out var block, countsAsUse));
            if (entry is null)
                return;
            Assert.Equal(entry.Version, block.Version);
            Assert.Equal(entry.ExpiresAt == long.MaxValue ? null : TimeSpan.FromTicks(entry.ExpiresAt - _reference.Now), block.TimeToLive);
            TestStore.AssertContent(block);
            if (countsAsUse)
                _reference.Use(entry);
            entry.Pins++;
            _open.Add((block, entry));
            if (_open.Count > 6)
                CloseOne();
        }

        private void CloseOne()
        {
            if (_open.Count == 0)
                return;
            var index = _random.Next(_open.Count);
            var (block, entry) = _open[index];
            _open.RemoveAt(index);
            TestStore.AssertContent(block);
            block.Dispose();
            block.Dispose();
            _reference.Unpin(entry);
        }

        private void Match()
        {
            var owner = _random.Next(Owners);
            var keys = Enumerable.Range(0, _random.Next(1, 9)).Select(_ => AnyKey()).ToArray();
            long ticks = _random.Next(3) == 0 ? 0 : _random.Next(1, 300);
            while (ticks > 0 && _reference.IsEndTaken(_reference.Now + ticks))
                ticks++;

            var grant = _test.Match(owner, TimeSpan.FromTicks(ticks), out var results, keys);
            var expected = ticks == 0
                ? _reference.LookUp(keys)
                : _reference.Lease(owner, _reference.Now + ticks, keys, () => grant.LeaseId);
            Assert.Equal(expected.Select((entry, i) => entry is not null ? new KeyMatch(true, entry.Version, entry.Length)
                : _reference.Find(keys[i]) is null ? default : KeyMatch.Withheld), results);
            Assert.Equal(expected.Count(entry => entry is not null), grant.Found);
            Assert.Equal(ticks > 0 && grant.Found > 0, grant.LeaseId != 0);
            if (grant.LeaseId != 0)
                _leases.Add((owner, grant.LeaseId));
        }

        private void Release()
        {
            if (_leases.Count == 0)
                return;
            var (owner, id) = _leases[_random.Next(_leases.Count)];
            if (_random.Next(5) == 0)
                owner = (owner + 1) % Owners;
            var from = _random.Next(2) == 0 ? 0 : _random.Next(6);
            Assert.Equal(_reference.Release(owner, id, from), Store.Release(owner, id, from));
        }

        private void Extend()
        {
            if (_leases.Count == 0)
                return;
            var (owner, id) = _leases[_random.Next(Math.Max(0, _leases.Count - 8), _leases.Count)];
            if (_random.Next(5) == 0)
                owner = (owner + 1) % Owners;
            long ticks = _random.Next(-1, 2 * LongestLease);
            while (ticks > 0 && _reference.IsEndTaken(_reference.EndOf(id, Math.Min(ticks, LongestLease))))
                ticks--;

            var left = _reference.Extend(owner, id, Math.Min(ticks, LongestLease));
            Assert.Equal(TimeSpan.FromTicks(left), Store.Extend(owner, id, TimeSpan.FromTicks(ticks)));
        }

        private void ReleaseAll()
        {
            var owner = _random.Next(Owners);
            Store.ReleaseAll(owner);
            _reference.ReleaseAll(owner);
        }

        private void Remove()
        {
            var key = AnyKey();
            var entry = _reference.Find(key);
            var expected = entry is null || _random.Next(4) == 0 ? _test.NextVersion() : entry.Version;
            Assert.Equal(expected == entry?.Version, Store.TryRemove(TestStore.Key(key), expected));
            if (expected == entry?.Version)
                _reference.Retire(entry);
        }

        private void SetTimeToLive()
        {
            var key = AnyKey();
            var entry = _reference.Find(key);
            TimeSpan? timeToLive = _random.Next(3) == 0 ? null : TimeSpan.FromTicks(_random.Next(1, 300));
            Assert.Equal(entry is not null, Store.TrySetTimeToLive(TestStore.Key(key), entry?.Version ?? _test.NextVersion(), timeToLive));
            if (entry is not null)
                entry.ExpiresAt = ExpiryOf(timeToLive);
        }

        private void TouchOrInfo()
        {
            var key = AnyKey();
            var entry = _reference.Find(key);
            Assert.Equal(entry is not null, Store.TryGetInfo(TestStore.Key(key), out var info));
            Assert.Equal((entry?.Version ?? default, entry?.Length ?? 0, entry?.Leases ?? 0), (info.Version, info.Length, info.Leases));
            if (_random.Next(2) == 0)
                return;
            Store.Touch(TestStore.Key(key));
            if (entry is not null)
                _reference.Touch(entry);
        }

        private void AssertSums()
        {
            var sums = Store.GetStatistics();
            Assert.Equal(_reference.Blocks, sums.Blocks);
            Assert.Equal(_reference.Leases, sums.Leases);
            Assert.Equal(_reference.Evictions, sums.Evictions);
            Assert.Equal(_reference.PayloadBytes, sums.PayloadBytes);
            Assert.Equal(_reference.FreePages, sums.FreeBytes / TestStore.Page);
            Assert.Equal(_reference.StagedPages, sums.StagedBytes / TestStore.Page);
            Assert.Equal(_reference.LeasedPages, sums.LeasedBytes / TestStore.Page);
            Assert.Equal(_reference.RetiredPages, sums.RetiredBytes / TestStore.Page);
            Assert.Equal(_reference.CopyPages, sums.CopyBytes / TestStore.Page);
            Assert.Equal(_reference.All.Count(entry => entry.Role == BlockRole.Copy), sums.CopyBlocks);
            Assert.Equal(_reference.All.Count(entry => entry.Kind == BlockKind.Overwritable), sums.Registers);
            Assert.Equal(_reference.All.Where(entry => entry is { Pins: 0, Leases: 0 }).Sum(entry => entry.Pages), sums.EvictableBytes / TestStore.Page);
            Assert.Equal(_reference.Tombstones, sums.Tombstones);
        }

        private string AnyKey() => $"key {_random.Next(Keys)}";
    }
}
