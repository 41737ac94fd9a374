using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.History;
using KvOrleans.Storage.Index;
using KvOrleans.Storage.Staging;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    /// <summary>Pages that stagings still evicting have made free for themselves.</summary>
    private long _claimedPages;

    /// <summary>Takes room for a block, evicting others where that makes enough room.</summary>
    /// <param name="length">The payload's bytes, 0 to <see cref="MaxBlockBytes"/>.</param>
    /// <param name="role">
    /// What will be published. While copies, with this one, take more than <see cref="BlockStoreOptions.CopiesShare"/>, a copy evicts copies and idle extra copies only; free
    /// pages it may always take. An extra copy is refused beyond <see cref="BlockStoreOptions.ExtraCopiesShare"/>, unless idle ones can go for it.
    /// </param>
    /// <returns>Null when out of space: too much is leased, being read or staged. When that is plain from the start, nothing but idle extra copies was evicted.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or above <see cref="MaxBlockBytes"/>.</exception>
    public StagedBlock? TryStage(int length, BlockRole role = BlockRole.Last)
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
                if ((claimed == 0 && (IsOverStagedShare(pages) || (role == BlockRole.Extra && !TryMakeExtraShare(pages))))
                    || !MayMakeRoom(role, pages, pages - claimed))
                {
                    _claimedPages -= claimed;
                    return null;
                }

                for (var evictions = 0; pages - claimed > UnclaimedPages && evictions < EvictionsPerSlice; evictions++)
                {
                    if (TryEvictFor(role, pages))
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
                return Stage(pages, length, role);
            }
        }
    }

    /// <summary>Puts a staged block under a key if the block's current version is the expected one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The version that must be there, or null: nothing. An expired block counts as nothing.</param>
    /// <param name="staged">The complete bytes. True: they are the store's. False: they stay the caller's.</param>
    /// <param name="version">The version that this content gets.</param>
    /// <param name="timeToLive">How long until it expires; null: never; zero or less: at once.</param>
    /// <param name="kind">The key's kind. Registers are told apart by <see cref="DropRegisters"/> and never earn copies.</param>
    /// <param name="registerGeneration">
    /// The <see cref="RegisterGeneration"/> in which the write of a register was decided; null: any. That nothing is there may be so because it was dropped meanwhile, which the
    /// expected version cannot tell.
    /// </param>
    /// <returns>False when another version is there, or none, or the generation of registers is another.</returns>
    /// <exception cref="InvalidOperationException"><paramref name="staged"/> is not complete.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="staged"/> was published or disposed.</exception>
    /// <exception cref="ArgumentException">The key's length is not one that keys have, the version is none, or the bytes are staged in another store.</exception>
    public bool TryPublish(ReadOnlySpan<byte> key, BlockVersion? expected, StagedBlock staged, BlockVersion version, TimeSpan? timeToLive,
        BlockKind kind = BlockKind.WriteOnce, long? registerGeneration = null)
    {
        ThrowIfNotPublishable(key, staged, version);
        var checksum = staged.Checksum;
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            ThrowIfDisposed();
            ObjectDisposedException.ThrowIf(staged.State != StagedState.Owned, staged);
            var now = _clock.Now;
            var current = _catalog.FindLive(key, hash, now);
            if (!IsExpected(current, expected) || (registerGeneration is { } generation && generation != _registerGeneration))
                return false;

            var expiresAt = _clock.After(now, timeToLive);
            var isRegister = kind == BlockKind.Overwritable;
            Replace(current, key, hash, staged,
                new(staged.Slot, staged.Length, checksum, version, expiresAt, BlockRole.Last, isRegister, isRegister ? 0 : staged.Parent));
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
                _catalog.Retire(current, DepartureReason.Removed);
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

    /// <summary>By how much copies, with <paramref name="more"/> pages that would be, are over their share.</summary>
    private long CopyPagesOverShare(int more) => _catalog.CopyPages + _stagedCopyPages + more - _maxCopyPages;

    /// <summary>Whether evictions can give the pages that are missing for a block of this role and size. Idle extra copies go at once where only they can, some at a time.</summary>
    private bool MayMakeRoom(BlockRole role, int pages, long missing)
    {
        bool IsEnough() => missing <= UnclaimedPages + EvictablePagesFor(role, pages);

        if (IsEnough())
            return true;
        if (!IsBoundToCopies(role, pages) || missing > UnclaimedPages + _catalog.EvictableCopyPages + _catalog.EvictableExtraPages)
            return false;
        for (var i = 0; i < EvictionsPerSlice && _catalog.TryEvictIdleExtra(); i++)
        {
            if (IsEnough())
                return true;
        }

        return false;
    }

    /// <summary>Whether a block of this role and size may take the room of copies alone: it is a copy, and to evict all others would not bring copies within their share.</summary>
    private bool IsBoundToCopies(BlockRole role, int pages) => role == BlockRole.Copy && CopyPagesOverShare(pages) > _catalog.EvictableCopyPages;

    /// <summary>What may be evicted for a block of this role and size beside idle extra copies: for a copy nothing but copies, unless those bring them within their share.</summary>
    private long EvictablePagesFor(BlockRole role, int pages) =>
        IsBoundToCopies(role, pages) ? _catalog.EvictableCopyPages : _catalog.EvictablePages;

    /// <summary>An idle extra copy goes before anything else, one that was kept behind all others.</summary>
    private bool TryEvictFor(BlockRole role, int pages)
    {
        if (_catalog.TryEvictIdleExtra())
            return true;
        var first = FirstToGo(role, pages);
        if (_catalog.TryEvict(first))
            return true;
        var mayEvictAny = role != BlockRole.Copy || CopyPagesOverShare(pages) <= 0;
        return (first == BlockRole.Last ? _catalog.TryEvict(BlockRole.Copy) : mayEvictAny && _catalog.TryEvict(BlockRole.Last))
            || (mayEvictAny && _catalog.TryEvict(BlockRole.Extra));
    }

    /// <summary>Whether extra copies, with one of this size more, are within their share, once idle ones are gone. One alone may always be more.</summary>
    private bool TryMakeExtraShare(int pages)
    {
        while (_catalog.ExtraPages + _stagedExtraPages + pages > _maxExtraPages && (_maxExtraPages == 0 || _catalog.ExtraPages + _stagedExtraPages > 0))
        {
            if (!_catalog.TryEvictIdleExtra())
                return false;
        }

        return true;
    }

    /// <summary>
    /// Whether a copy or a last copy goes first for a block of this role and size: a copy while copies are over their share; within it a copy goes for what was used, and stays rather
    /// than what never was. The last quarter of the share stays for copies.
    /// </summary>
    private BlockRole FirstToGo(BlockRole role, int pages)
    {
        var over = CopyPagesOverShare(role == BlockRole.Copy ? pages : 0);
        var isOver = over > 0 || (over > _keptCopyPages - _maxCopyPages && _catalog.IsNextUsed(BlockRole.Last));
        return isOver ? BlockRole.Copy : BlockRole.Last;
    }

    private StagedBlock Stage(int pages, int length, BlockRole role)
    {
        var staged = new StagedBlock(this, _checksums, Arena.Take(pages), length, role);
        _stagedBlocks++;
        _stagedPages += pages;
        CountStagedKinds(role, pages);
        return staged;
    }

    private void Unstage(StagedBlock staged, StagedState state)
    {
        staged.State = state;
        _stagedBlocks--;
        _stagedPages -= staged.Slot.Pages;
        CountStagedKinds(staged.Role, -staged.Slot.Pages);
    }

    private void CountStagedKinds(BlockRole role, int pages)
    {
        if (role == BlockRole.Copy)
            _stagedCopyPages += pages;
        else if (role == BlockRole.Extra)
            _stagedExtraPages += pages;
    }

    private void ThrowIfNotPublishable(ReadOnlySpan<byte> key, StagedBlock staged, BlockVersion version)
    {
        ArgumentNullException.ThrowIfNull(staged);
        if (!BlockKey.IsValidLength(key.Length))
            throw new ArgumentException($"A block key has 1 to {BlockKey.MaxLength} bytes, this one has {key.Length}.", nameof(key));
        if (version.IsNone)
            throw new ArgumentException("A block cannot be published without a version.", nameof(version));
        if (staged.Store != this)
            throw new ArgumentException("The block is staged in another store.", nameof(staged));
    }

    private void Replace(int current, ReadOnlySpan<byte> key, ulong hash, StagedBlock staged, in BlockContent content)
    {
        if (current >= 0)
            _catalog.Retire(current, why: null);
        _catalog.Insert(key, hash, content);
        Unstage(staged, StagedState.Published);
    }

    private bool IsExpected(int current, BlockVersion? expected) =>
        current < 0 ? expected is null : expected == _catalog[current].Version;
}
