using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Tests;

/// <summary>What a store does as one of several.</summary>
public sealed partial class ModelTests
{
    private sealed partial class Run
    {
        private const int StepsPerEpoch = 2_000;

        private int _steps;

        private long Epoch => 2 + (_steps / StepsPerEpoch);

        private static BlockKind KindOf(string key) =>
            int.Parse(key.AsSpan("key ".Length)) >= FirstRegister ? BlockKind.Overwritable : BlockKind.WriteOnce;

        private BlockVersion VersionOf(long seed) => new(Epoch, new(42), seed);

        private long ExpiryOf(TimeSpan? timeToLive) => timeToLive is { } time ? _reference.Now + time.Ticks : long.MaxValue;

        /// <summary>A version from elsewhere: of this epoch or the one before, rarely of another life, sometimes the one that is here.</summary>
        private BlockVersion AnyVersion(string key, long seed) => _random.Next(8) switch
        {
            0 => _reference.All.FirstOrDefault(entry => entry.Key == key)?.Version ?? VersionOf(seed),
            1 => new(Epoch - 1, new(42), seed),
            2 => new(Epoch, new(43), seed),
            _ => VersionOf(seed),
        };

        private void StageAndOfferACopy()
        {
            var key = AnyKey();
            var role = _random.Next(4) == 0 ? BlockRole.Last : BlockRole.Copy;
            var length = _random.Next(LongestBlock);
            var pages = PageArena.PagesFor(length);
            var version = AnyVersion(key, _test.NextVersion().Sequence);
            TimeSpan? timeToLive = _random.Next(4) == 0 ? TimeSpan.FromTicks(_random.Next(0, 200)) : null;

            using var staged = Store.TryStage(length, role);
            Assert.Equal(_reference.TryMakeRoom(pages, role), staged is not null);
            if (staged is null)
                return;
            _reference.StagedPages += pages;
            _reference.StagedCopyPages += role == BlockRole.Copy ? pages : 0;
            TestStore.Write(staged, Content.Of(version.Sequence, length));
            if (_random.Next(3) == 0)
                StageAndPerhapsPublish();

            var isTaken = _reference.TakesCopy(key, version, role);
            Assert.Equal(isTaken, Store.TryPublishCopy(TestStore.Key(key), staged, version, timeToLive, role));
            _reference.StagedPages -= pages;
            _reference.StagedCopyPages -= role == BlockRole.Copy ? pages : 0;
            if (isTaken)
                _reference.Publish(key, length, version, ExpiryOf(timeToLive), role, BlockKind.WriteOnce);
        }

        private void SetRole()
        {
            var key = AnyKey();
            var role = _random.Next(2) == 0 ? BlockRole.Last : BlockRole.Copy;
            var entry = _reference.Find(key);
            var isThere = entry is not null && KindOf(key) == BlockKind.WriteOnce && _random.Next(5) > 0;
            Assert.Equal(isThere, Store.SetRole(TestStore.Key(key), isThere ? entry!.Version : _test.NextVersion(), role));
            if (isThere)
                _reference.SetRole(entry!, role);
        }

        private void ChangeHolders()
        {
            if (_random.Next(20) == 0)
            {
                var gone = (ulong)_random.Next(16);
                Assert.Equal(_reference.All.Count(entry => (entry.Holders & gone) != 0), Store.ForgetHolders(gone));
                foreach (var entry in _reference.All)
                    _reference.ChangeHolders(entry, gone, 0);
                return;
            }

            var key = AnyKey();
            var holder = _random.Next(4);
            var there = _reference.Find(key);
            var version = _random.Next(5) == 0 ? null : there?.Version;
            var isAdded = _random.Next(3) > 0;
            Assert.Equal(version is not null, isAdded
                ? Store.AddHolder(TestStore.Key(key), version ?? _test.NextVersion(), holder)
                : Store.RemoveHolder(TestStore.Key(key), version ?? _test.NextVersion(), holder));
            if (version is not null)
                _reference.ChangeHolders(there!, isAdded ? 0 : 1UL << holder, isAdded ? 1UL << holder : 0);
            Assert.Equal(there?.Holders ?? 0, Store.HoldersOf(TestStore.Key(key), there?.Version ?? default));
        }

        private void Bury()
        {
            var key = AnyKey();
            if (KindOf(key) == BlockKind.Overwritable)
                return;
            var version = AnyVersion(key, Math.Max(1, _test.NextVersion().Sequence - _random.Next(-100, 400)));
            Assert.Equal(_reference.Bury(key, version), _test.Bury(key, version));
        }

        private void TakeReused()
        {
            var room = _random.Next(1, 12);
            Assert.Equal(_reference.TakeReused(room).Select(entry => entry.Key), _test.TakeReused(room));
        }

        private void SweepOrDrop()
        {
            switch (_random.Next(30))
            {
                case 0:
                    var kind = _random.Next(2) == 0 ? BlockKind.Overwritable : BlockKind.WriteOnce;
                    Assert.Equal(_reference.Drop(entry => entry.Kind == kind), Store.DropAll(kind));
                    break;
                case < 3:
                    var last = (char)_random.Next('0', '9');
                    Assert.Equal(
                        _reference.Drop(entry => entry.Kind == BlockKind.Overwritable && entry.Key[^1] <= last),
                        Store.DropRegisters(key => key[^1] > last));
                    break;
                case 3:
                    Assert.Equal(
                        _reference.Drop(entry => entry.Kind == BlockKind.WriteOnce && _reference.IsBuried(entry.Key, entry.Version)),
                        Store.DropBuried());
                    break;
                default:
                    var blocks = _test.SweepAll(_random.Next(1, 100));
                    _reference.Sweep();
                    Assert.Equal(
                        _reference.All.Select(entry => (entry.Key, $"{entry.Version}", entry.Role, entry.Kind, Math.Min(255, entry.Uses), entry.Holders)).Order(),
                        blocks.Select(block => (Encoding.UTF8.GetString(block.Key.Span), $"{block.Info.Version}", block.Role, block.Kind, (int)block.Uses, block.Holders)).Order());
                    break;
            }
        }
    }
}
