using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Index;
using KvOrleans.Storage.Staging;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    /// <summary>Puts the bytes of a write-once block under its key that were fetched from another silo, with the version they have there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="staged">The complete bytes. True: they are the store's. False: they stay the caller's.</param>
    /// <param name="version">The content's version.</param>
    /// <param name="timeToLive">What is left of it; null: it never expires; zero or less: it expires at once.</param>
    /// <param name="role"><see cref="BlockRole.Last"/>: this silo owns the key, and what it has stays. <see cref="BlockRole.Copy"/> and <see cref="BlockRole.Extra"/>: another version gives way.</param>
    /// <returns>False when a tombstone covers the version, when it is here already, or when what is here does not give way; a register never does.</returns>
    /// <exception cref="InvalidOperationException"><paramref name="staged"/> is not complete.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="staged"/> was published or disposed.</exception>
    /// <exception cref="ArgumentException">The key's length is not one that keys have, the version is none, or the bytes are staged in another store.</exception>
    public bool TryPublishCopy(ReadOnlySpan<byte> key, StagedBlock staged, BlockVersion version, TimeSpan? timeToLive, BlockRole role)
    {
        ThrowIfNotPublishable(key, staged, version);
        var checksum = staged.Checksum;
        var hash = _catalog.Hash(key);
        var id = KeyId.Of(key);
        lock (_lock)
        {
            ThrowIfDisposed();
            ObjectDisposedException.ThrowIf(staged.State != StagedState.Owned, staged);
            var now = _clock.Now;
            var current = _catalog.FindLive(key, hash, now);
            if (IsBuried(id, version, now) || (current >= 0 && !GivesWay(current, version, role)))
                return false;

            Replace(current, key, hash, staged,
                new(staged.Slot, staged.Length, checksum, version, _clock.After(now, timeToLive), role, IsRegister: false, staged.Parent));
            return true;
        }
    }

    /// <summary>Changes what this silo is to a block, if its current version is the expected one.</summary>
    /// <returns>False when another version is there, or none.</returns>
    public bool SetRole(ReadOnlySpan<byte> key, BlockVersion expected, BlockRole role)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            var number = FindExactly(key, hash, expected);
            if (number >= 0)
                _catalog.SetRole(number, role);
            return number >= 0;
        }
    }

    /// <summary>Notes that another holds a block too, if its current version is the expected one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The version that it holds and that must be here.</param>
    /// <param name="holder">Its bit, 0 to 63; who that is, is the caller's matter.</param>
    /// <returns>False when another version is here, or none.</returns>
    public bool AddHolder(ReadOnlySpan<byte> key, BlockVersion expected, int holder) => ChangeHolders(key, expected, 0, MaskOf(holder));

    /// <summary>Notes that another holds a block no more, if its current version is the expected one.</summary>
    /// <inheritdoc cref="AddHolder"/>
    public bool RemoveHolder(ReadOnlySpan<byte> key, BlockVersion expected, int holder) => ChangeHolders(key, expected, MaskOf(holder), 0);

    /// <summary>Who else is known to hold this version of a block: a bit each. 0 also when it is not here.</summary>
    public ulong HoldersOf(ReadOnlySpan<byte> key, BlockVersion expected)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
            return FindExactly(key, hash, expected) is >= 0 and var number ? _catalog[number].Holders : 0;
    }

    /// <summary>
    /// Takes blocks that were used for the first time since the last call, while they are last copies that nobody else is known to hold. At most 65,536 wait to be
    /// taken; what comes while so many wait is counted and left to a sweep.
    /// </summary>
    /// <returns>How many were taken; as many as there is room for: there may be more.</returns>
    public int TakeReused(Span<ReusedBlock> into)
    {
        for (var taken = 0; ;)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                var now = _clock.Now;
                for (var looked = 0; looked < KeysPerSlice; looked++)
                {
                    if (taken == into.Length || !_reused.TryTake(out var number, out var generation))
                        return taken;
                    ref var record = ref _catalog[number];
                    if (record.Generation != generation || _catalog.DropIfExpired(number, now) || !BlockCatalog.EarnsCopy(record))
                        continue;
                    into[taken++] = new(BlockKey.From(record.KeyBytes), InfoOf(record, now), record.Uses, record.Loss != CopyLoss.None);
                    record.Loss = CopyLoss.None;
                }
            }
        }
    }

    /// <summary>
    /// Takes copies that were evicted since the last call while another was noted as holding them too: whoever it is, it counts on a copy that is gone. At most 8,192 wait to be taken;
    /// what comes while so many wait is counted and never told.
    /// </summary>
    /// <returns>How many were taken; as many as there is room for: there may be more.</returns>
    public int TakeEvictedCopies(Span<EvictedCopy> into)
    {
        for (var taken = 0; ;)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                for (var looked = 0; looked < KeysPerSlice; looked++)
                {
                    if (taken == into.Length || !_evicted.TryTake(out into[taken]))
                        return taken;
                    taken++;
                }
            }
        }
    }

    /// <summary>Whether there is room for a copy that pushes out no other copy: free pages, or last copies that may go for it.</summary>
    public bool HasRoomForCopy(int length)
    {
        var pages = PageArena.PagesFor(length);
        lock (_lock)
        {
            ThrowIfDisposed();
            return UnclaimedPages >= pages || FirstToGo(BlockRole.Copy, pages) == BlockRole.Last;
        }
    }

    private static ulong MaskOf(int holder)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)holder, 63u, nameof(holder));
        return 1UL << holder;
    }

    private bool ChangeHolders(ReadOnlySpan<byte> key, BlockVersion expected, ulong without, ulong with)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            var number = FindExactly(key, hash, expected);
            if (number < 0)
                return false;
            _catalog.ChangeHolders(number, without, with);
            return true;
        }
    }

    /// <summary>The record of this content, or -1. Under the lock.</summary>
    private int FindExactly(ReadOnlySpan<byte> key, ulong hash, BlockVersion expected)
    {
        ThrowIfDisposed();
        var number = _catalog.FindLive(key, hash, _clock.Now);
        return number >= 0 && _catalog[number].Version == expected ? number : -1;
    }

    private bool GivesWay(int current, BlockVersion version, BlockRole role)
    {
        ref var record = ref _catalog[current];
        return role != BlockRole.Last && !record.IsRegister && record.Version != version;
    }
}
