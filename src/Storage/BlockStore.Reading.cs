using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Index;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    private int _sweepCursor;

    /// <summary>Opens a block for reading: its bytes stay until the <see cref="OpenBlock"/> is disposed. Allocates nothing.</summary>
    /// <param name="key">The key.</param>
    /// <param name="block">The block.</param>
    /// <param name="countsAsUse">Whether it counts as a use. False for another silo that fetches it: that tells nothing of who wants it.</param>
    /// <returns>False when it is absent or expired.</returns>
    public bool TryOpen(ReadOnlySpan<byte> key, out OpenBlock block, bool countsAsUse = true)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            ThrowIfDisposed();
            var now = _clock.Now;
            var number = _catalog.FindLive(key, hash, now);
            if (number < 0)
            {
                block = default;
                return false;
            }

            if (countsAsUse)
                _catalog.Use(number);
            _catalog.Pin(number);
            ref var record = ref _catalog[number];
            block = new(this, _pins.Add(number, out var generation), generation, number, record.Generation, record.Slot, InfoOf(record, now));
            return true;
        }
    }

    /// <summary>Tells what the index knows of a block. Does not count as a use.</summary>
    /// <returns>False when it is absent or expired.</returns>
    public bool TryGetInfo(ReadOnlySpan<byte> key, out BlockInfo info)
    {
        EndDueLeases();
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            ThrowIfDisposed();
            var now = _clock.Now;
            var number = _catalog.FindLive(key, hash, now);
            info = number < 0 ? default : InfoOf(_catalog[number], now);
            return number >= 0;
        }
    }

    /// <summary>Makes the block the most recently used without reading it; it is not counted among its uses. Whoever touches a chain goes from its tail to its head.</summary>
    public void Touch(ReadOnlySpan<byte> key)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            ThrowIfDisposed();
            var number = _catalog.FindLive(key, hash, _clock.Now);
            if (number >= 0)
                _catalog.Touch(number);
        }
    }

    /// <summary>
    /// Takes back the pages of expired blocks, drops tombstones past their time, ends leases that are due, and goes on with a digest that is rebuilt. Each call goes on where the last one stopped.
    /// </summary>
    /// <param name="maxRecords">The most records to look at; no call looks at one twice.</param>
    /// <returns>How many blocks had expired.</returns>
    public int SweepExpired(int maxRecords)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxRecords);
        EndDueLeases();
        RebuildDigest(maxRecords);
        var expired = 0;
        for (int left = maxRecords, looked = 0; ;)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                DropOldTombstones();
                left = Math.Min(left, _catalog.RecordLimit - looked);
                if (left <= 0 || _catalog.MortalBlocks == 0)
                    return expired;

                var now = _clock.Now;
                var slice = Math.Min(left, RecordsPerSlice);
                for (var i = 0; i < slice; i++)
                {
                    if (_sweepCursor >= _catalog.RecordLimit)
                        _sweepCursor = 0;
                    if (_catalog.DropIfExpired(_sweepCursor++, now))
                        expired++;
                }

                left -= slice;
                looked += slice;
            }
        }
    }

    internal bool IsPinned(int pin, long generation) => _pins.Holds(pin, generation);

    internal void Unpin(int pin, long generation)
    {
        lock (_lock)
        {
            if (!_pins.TryRemove(pin, generation, out var number))
                return;
            _catalog.Unpin(number);
            ReturnMemoryWhenUnused();
        }
    }

    private BlockInfo InfoOf(in BlockRecord record, long now) =>
        new(record.Version, record.Length, record.Checksum, _clock.Until(now, record.ExpiresAt), record.Leases);
}
