using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Staging;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    /// <summary>Pages that stagings still evicting have made free for themselves.</summary>
    private long _claimedPages;

    /// <summary>Takes room for a block, evicting others where that makes enough room.</summary>
    /// <param name="length">The payload's bytes, 0 to <see cref="MaxBlockBytes"/>.</param>
    /// <returns>Null when out of space: too much is leased, being read or staged. When that is plain from the start, nothing was evicted.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or above <see cref="MaxBlockBytes"/>.</exception>
    public StagedBlock? TryStage(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxBlockBytes);
        EndDueLeases();

        // Every slice claims what is free before the lock goes, so that no one else can take what was evicted for this
        // block: it evicts no more pages than it needs, give or take a block, and ends.
        var pages = PageArena.PagesFor(length);
        for (long claimed = 0; ;)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                if (pages - claimed > UnclaimedPages + _catalog.EvictablePages || (claimed == 0 && IsOverStagedShare(pages)))
                {
                    _claimedPages -= claimed;
                    return null;
                }

                for (var evictions = 0; pages - claimed > UnclaimedPages && evictions < EvictionsPerSlice; evictions++)
                {
                    if (_catalog.TryEvict())
                        continue;
                    _claimedPages -= claimed;
                    throw new InvalidOperationException("The eviction policy named no block although some are evictable.");
                }

                var claim = Math.Min(UnclaimedPages, pages - claimed);
                claimed += claim;
                _claimedPages += claim;
                if (claimed < pages)
                    continue;

                _claimedPages -= claimed;
                return Stage(pages, length);
            }
        }
    }

    /// <summary>Puts a staged block under a key if the block's current version is the expected one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The version that must be there, or null: nothing. An expired block counts as nothing.</param>
    /// <param name="staged">The complete bytes. True: they are the store's. False: they stay the caller's.</param>
    /// <param name="version">The version that this content gets.</param>
    /// <param name="timeToLive">How long until it expires; null: never; zero or less: at once.</param>
    /// <returns>False when another version is there, or none.</returns>
    /// <exception cref="InvalidOperationException"><paramref name="staged"/> is not complete.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="staged"/> was published or disposed.</exception>
    /// <exception cref="ArgumentException">The key's length is not one that keys have, the version is none, or the bytes are staged in another store.</exception>
    public bool TryPublish(ReadOnlySpan<byte> key, BlockVersion? expected, StagedBlock staged, BlockVersion version, TimeSpan? timeToLive)
    {
        ArgumentNullException.ThrowIfNull(staged);
        if (!BlockKey.IsValidLength(key.Length))
            throw new ArgumentException($"A block key has 1 to {BlockKey.MaxLength} bytes, this one has {key.Length}.", nameof(key));
        if (version.IsNone)
            throw new ArgumentException("A block cannot be published without a version.", nameof(version));
        if (staged.Store != this)
            throw new ArgumentException("The block is staged in another store.", nameof(staged));

        var checksum = staged.Checksum;
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            ThrowIfDisposed();
            ObjectDisposedException.ThrowIf(staged.State != StagedState.Owned, staged);
            var now = _clock.Now;
            var current = _catalog.FindLive(key, hash, now);
            if (!IsExpected(current, expected))
                return false;

            if (current >= 0)
                _catalog.Retire(current);
            _catalog.Insert(key, hash, new(staged.Slot, staged.Length, checksum, version, _clock.After(now, timeToLive)));
            Unstage(staged, StagedState.Published);
            return true;
        }
    }

    /// <summary>Removes a block if its current version is the expected one.</summary>
    /// <returns>False when another version is there, or none.</returns>
    public bool TryRemove(ReadOnlySpan<byte> key, BlockVersion expected) => TrySetTimeToLive(key, expected, TimeSpan.Zero);

    /// <summary>Changes when a block expires, if its current version is the expected one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The version that must be there.</param>
    /// <param name="timeToLive">From now on; null: it never expires; zero or less: it is removed.</param>
    /// <returns>False when another version is there, or none.</returns>
    public bool TrySetTimeToLive(ReadOnlySpan<byte> key, BlockVersion expected, TimeSpan? timeToLive)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            ThrowIfDisposed();
            var now = _clock.Now;
            var current = _catalog.FindLive(key, hash, now);
            if (current < 0 || _catalog[current].Version != expected)
                return false;

            if (timeToLive <= TimeSpan.Zero)
                _catalog.Retire(current);
            else
                _catalog.SetExpiry(current, _clock.After(now, timeToLive));
            return true;
        }
    }

    /// <summary>False when the staged block is spent already.</summary>
    internal bool Abandon(StagedBlock staged)
    {
        lock (_lock)
        {
            if (staged.State != StagedState.Owned)
                return false;
            Unstage(staged, StagedState.Abandoned);
            Arena.Free(staged.Slot);
            ReturnMemoryWhenUnused();
            return true;
        }
    }

    private long UnclaimedPages => Arena.FreePages - _claimedPages;

    private bool IsOverStagedShare(long pages) =>
        _stagedPages + _claimedPages is > 0 and var under && under + pages > _maxStagedPages;

    private StagedBlock Stage(int pages, int length)
    {
        var staged = new StagedBlock(this, _checksums, Arena.Take(pages), length);
        _stagedBlocks++;
        _stagedPages += pages;
        return staged;
    }

    private void Unstage(StagedBlock staged, StagedState state)
    {
        staged.State = state;
        _stagedBlocks--;
        _stagedPages -= staged.Slot.Pages;
    }

    private bool IsExpected(int current, BlockVersion? expected) =>
        current < 0 ? expected is null : expected == _catalog[current].Version;
}
