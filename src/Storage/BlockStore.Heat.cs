using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Heat;
using KvOrleans.Storage.Index;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    /// <summary>What is read of the blocks that are here.</summary>
    public HeatMeter Heat { get; }

    /// <summary>
    /// Tells which extra copies are here, and ages them: one that is not read for as long as this was called <see cref="BlockCatalog.ExtraPatience"/> times is the first to be evicted.
    /// </summary>
    /// <param name="into">Is emptied and gets them.</param>
    public void VisitExtraCopies(List<ExtraCopy> into)
    {
        into.Clear();
        lock (_lock)
        {
            ThrowIfDisposed();
            var now = _clock.Now;
            foreach (var number in _catalog.ExtraRecords)
            {
                ref var record = ref _catalog[number];
                if (record.Uses > 0)
                    record.Uses--;
                into.Add(new(BlockKey.From(record.KeyBytes), InfoOf(record, now)));
            }
        }
    }

    /// <summary>Drops an extra copy, if its version is the expected one.</summary>
    /// <returns>False when another version is here, or none, or it is no extra copy any more.</returns>
    public bool TryDropExtra(ReadOnlySpan<byte> key, BlockVersion expected)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            var number = FindExactly(key, hash, expected);
            if (number < 0 || _catalog[number].Role != BlockRole.Extra)
                return false;
            _catalog.Retire(number, History.DepartureReason.Cooled);
            return true;
        }
    }

    internal void NoteRead(int record, uint generation, long bytes) => _reads.Add(record, generation, bytes);

    internal long DrainReads(HeatSketch into)
    {
        // Readers keep the notes alive by what they hold open; who drains, by the lock, which nobody else needs for it.
        lock (_draining)
            return _areReadsGone ? 0 : _reads.Drain(into);
    }

    /// <summary>The name under which reads of a block are noted; 0 when it is not here.</summary>
    internal ulong NameOf(ReadOnlySpan<byte> key)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            ThrowIfDisposed();
            var number = _catalog.FindLive(key, hash, _clock.Now);
            return number < 0 ? 0 : ReadNotes.NameOf(number, _catalog[number].Generation);
        }
    }

    /// <summary>What a name in the notes stands for; false when that is gone, or is a register.</summary>
    internal bool TryDescribe(ulong name, in HeatSums sums, out BlockHeat heat)
    {
        var (number, generation) = ReadNotes.ContentOf(name);
        lock (_lock)
        {
            ThrowIfDisposed();
            var now = _clock.Now;
            heat = default;
            if (number >= _catalog.RecordLimit || _catalog[number].Generation != generation || _catalog[number].State != RecordState.Indexed
                || _catalog[number].IsRegister || _catalog.DropIfExpired(number, now))
            {
                return false;
            }

            ref var record = ref _catalog[number];
            heat = new(BlockKey.From(record.KeyBytes), InfoOf(record, now), record.Role, sums);
            return true;
        }
    }

    private void EndNotes()
    {
        lock (_draining)
        {
            _areReadsGone = true;
            _reads.Dispose();
        }
    }
}
