using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Storage.History;
using KvOrleans.Storage.Tombstones;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    /// <summary>How far back no tombstone was dropped for want of room; at most <see cref="BlockStoreOptions.TombstoneLifetime"/>.</summary>
    /// <remarks>Of tombstones that it was never told of, the store knows nothing.</remarks>
    public TimeSpan TombstoneHorizon
    {
        get
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                var (now, displaced) = (_clock.Now, _tombstones.YoungestDisplaced);
                return displaced == long.MinValue || _clock.Until(displaced, now) is not { } age || age > _tombstoneLifetime ? _tombstoneLifetime : age;
            }
        }
    }

    /// <summary>Notes that a write-once block was deleted, and removes what is here of it that the delete concerns. Harmless when repeated.</summary>
    /// <param name="id">The key's id.</param>
    /// <param name="key">The key.</param>
    /// <param name="version">The delete's own version.</param>
    /// <returns>Whether something was removed.</returns>
    /// <remarks>
    /// From then on <see cref="TryPublishCopy"/> refuses what the tombstone covers: versions of an epoch before it, and of its own epoch those of another life or of no later
    /// sequence. Tombstones of one key add up.
    /// </remarks>
    /// <exception cref="ArgumentException">The version is none.</exception>
    public bool Bury(KeyId id, ReadOnlySpan<byte> key, BlockVersion version)
    {
        ThrowIfNone(version);
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            ThrowIfDisposed();
            var now = _clock.Now;
            DropOldTombstones();
            _tombstones.Add(id, version, now);
            var current = _catalog.FindLive(key, hash, now);
            if (current < 0 || !TombstoneCoverage.Covers(version, _catalog[current].Version))
                return false;
            _catalog.Retire(current, DepartureReason.Invalidated);
            return true;
        }
    }

    /// <summary>
    /// Takes a tombstone over that another silo told of, with its age. What is here of its block stays until <see cref="DropBuried"/>, since a tombstone does not name the key.
    /// </summary>
    /// <exception cref="ArgumentException">The version is none.</exception>
    public void AdoptTombstone(in Tombstone tombstone)
    {
        ThrowIfNone(tombstone.Version);
        ArgumentOutOfRangeException.ThrowIfLessThan(tombstone.Age, TimeSpan.Zero, nameof(tombstone));
        if (tombstone.Age >= _tombstoneLifetime)
            return;
        lock (_lock)
        {
            ThrowIfDisposed();
            DropOldTombstones();
            _tombstones.Add(tombstone.Id, tombstone.Version, _clock.After(_clock.Now, -tombstone.Age));
        }
    }

    /// <summary>Tells the tombstones of no more than an age, for a silo that missed some. In no order.</summary>
    /// <param name="age">The age.</param>
    /// <param name="cursor">0 at first; then where the last call stopped.</param>
    /// <param name="into">Where they go.</param>
    /// <returns>How many; fewer than there is room for: that was the last.</returns>
    /// <remarks>One that comes while this goes on may be missed: whoever catches up must be told of those by whoever deletes.</remarks>
    public int TombstonesSince(TimeSpan age, ref int cursor, Span<Tombstone> into)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cursor);
        for (var told = 0; ;)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                var now = _clock.Now;
                for (var looked = 0; looked < RecordsPerSlice; looked++, cursor++)
                {
                    if (told == into.Length || cursor >= _tombstones.EntryLimit)
                        return told;
                    ref readonly var entry = ref _tombstones[cursor];
                    if (!entry.Version.IsNone && AgeOf(entry, now) is var itsAge && itsAge <= age && itsAge < _tombstoneLifetime)
                        into[told++] = new(entry.Key, entry.Version, itsAge);
                }
            }
        }
    }

    private static void ThrowIfNone(BlockVersion version)
    {
        if (version.IsNone)
            throw new ArgumentException("A tombstone has the version of a delete; none was given.", nameof(version));
    }

    private TimeSpan AgeOf(in TombstoneEntry entry, long now) => _clock.Until(entry.ToldAt, now)!.Value;

    private bool IsBuried(KeyId id, in BlockVersion version, long now)
    {
        var entry = _tombstones.Find(id);
        return entry >= 0 && TombstoneCoverage.Covers(_tombstones[entry].Version, version) && AgeOf(_tombstones[entry], now) < _tombstoneLifetime;
    }

    private void DropOldTombstones() => _tombstones.DropOlder(_clock.After(_clock.Now, -_tombstoneLifetime), KeysPerSlice);
}
