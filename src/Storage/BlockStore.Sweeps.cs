using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.History;
using KvOrleans.Storage.Index;
using KvOrleans.Storage.Sweeps;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    private uint _lastSweep;

    /// <summary>Begins a visit to all blocks, the most used first.</summary>
    public BlockSweep BeginSweep()
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            return new(++_lastSweep);
        }
    }

    /// <summary>Goes on with a sweep.</summary>
    /// <param name="sweep">The sweep, of this store.</param>
    /// <param name="maxRecords">The most records to look at, over which the sweep passes once for each class of uses.</param>
    /// <param name="into">Where the blocks go that it visits; added to what is there.</param>
    /// <returns>Whether there is more to look at.</returns>
    /// <remarks>Every block that is there from the sweep's begin to its end, in one version, is visited. Visits are no uses.</remarks>
    public bool Sweep(BlockSweep sweep, int maxRecords, ICollection<SweptBlock> into)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        ArgumentNullException.ThrowIfNull(into);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRecords);
        while (maxRecords > 0 && !sweep.IsDone)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                var now = _clock.Now;
                var end = (int)Math.Min(_catalog.RecordLimit, (long)sweep.Cursor + Math.Min(maxRecords, RecordsPerSlice));
                maxRecords -= Math.Max(1, end - sweep.Cursor);
                for (var visits = 0; sweep.Cursor < end && visits < KeysPerSlice; sweep.Cursor++)
                {
                    if (!TryVisit(sweep, now, out var block))
                        continue;
                    into.Add(block);
                    visits++;
                }

                if (sweep.Cursor < _catalog.RecordLimit)
                    continue;
                sweep.Cursor = 0;
                sweep.UseClass--;
            }
        }

        return !sweep.IsDone;
    }

    /// <summary>Forgets holders, of all blocks, in short slices.</summary>
    /// <param name="holders">Their bits.</param>
    /// <returns>Of how many blocks one was known.</returns>
    public int ForgetHolders(ulong holders) => ChangeAll(number =>
    {
        var isConcerned = (_catalog[number].Holders & holders) != 0;
        _catalog.ChangeHolders(number, holders, 0);
        return isConcerned;
    });

    /// <summary>Drops all blocks of a kind, in short slices. Complete when it returns, but for what is published meanwhile.</summary>
    /// <returns>How many were dropped.</returns>
    public int DropAll(BlockKind kind) => ChangeAll(number =>
    {
        if (_catalog[number].IsRegister != (kind == BlockKind.Overwritable))
            return false;
        _catalog.Retire(number, kind == BlockKind.Overwritable ? DepartureReason.RegisterLost : DepartureReason.Distrusted);
        return true;
    });

    private bool TryVisit(BlockSweep sweep, long now, out SweptBlock block)
    {
        block = default;
        ref var record = ref _catalog[sweep.Cursor];
        if (record.State != RecordState.Indexed || record.Sweep == sweep.Number || BlockSweep.ClassOf(record.Uses) < sweep.UseClass
            || _catalog.DropIfExpired(sweep.Cursor, now))
        {
            return false;
        }

        record.Sweep = sweep.Number;
        block = new(BlockKey.From(record.KeyBytes), InfoOf(record, now), record.Role,
            record.IsRegister ? BlockKind.Overwritable : BlockKind.WriteOnce, record.Uses, record.Holders);
        return true;
    }

    /// <summary>Looks at every record that is in the index from begin to end.</summary>
    private int ChangeAll(Func<int, bool> change)
    {
        for (int changed = 0, cursor = 0; ;)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                var end = (int)Math.Min(_catalog.RecordLimit, (long)cursor + RecordsPerSlice);
                for (var changes = 0; cursor < end && changes < KeysPerSlice; cursor++)
                {
                    if (_catalog[cursor].State != RecordState.Indexed || !change(cursor))
                        continue;
                    changes++;
                    changed++;
                }

                if (cursor >= _catalog.RecordLimit)
                    return changed;
            }
        }
    }
}
