using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Heat;
using KvOrleans.Storage.Index;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    /// <summary>So many reads of a whole block near a client are believed at a time.</summary>
    private const int MostNearReads = 4096;

    /// <summary>What is read of the blocks that are here.</summary>
    public HeatMeter Heat { get; }

    /// <summary>Tells which extra copies are here, and ages them by one visit: <see cref="KeepExtra"/> makes one young again.</summary>
    /// <param name="into">Is emptied and gets them.</param>
    /// <remarks>One that was not kept for some visits is the first to be evicted; one that was not for <see cref="BlockCatalog.ExtraPatience"/> is forgotten.</remarks>
    public void VisitExtraCopies(List<ExtraCopy> into)
    {
        into.Clear();
        int[] numbers;
        lock (_lock)
        {
            ThrowIfDisposed();
            numbers = [.. _catalog.ExtraRecords];
        }

        foreach (var some in numbers.Chunk(KeysPerSlice))
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                var now = _clock.Now;
                foreach (var number in some)
                {
                    ref var record = ref _catalog[number];
                    if (record is not { State: RecordState.Indexed, Role: BlockRole.Extra })
                        continue;
                    if (record.Uses > 0)
                        record.Uses--;
                    into.Add(new(BlockKey.From(record.KeyBytes), InfoOf(record, now), record.Uses == 0));
                }
            }
        }
    }

    /// <summary>An extra copy is to stay, as its owner says: it is safe from eviction for the next visits.</summary>
    public void KeepExtra(ReadOnlySpan<byte> key, BlockVersion expected)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            if (FindExactly(key, hash, expected) is >= 0 and var number && _catalog[number].Role == BlockRole.Extra)
                _catalog.KeepExtra(number);
        }
    }

    /// <summary>Whether this content is here as an extra copy.</summary>
    public bool IsExtra(ReadOnlySpan<byte> key, BlockVersion version)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
            return FindExactly(key, hash, version) is >= 0 and var number && _catalog[number].Role == BlockRole.Extra;
    }

    /// <summary>An extra copy becomes an ordinary one, if its version is the expected one.</summary>
    public void SettleExtra(ReadOnlySpan<byte> key, BlockVersion expected)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            if (FindExactly(key, hash, expected) is >= 0 and var number && _catalog[number].Role == BlockRole.Extra)
                _catalog.SetRole(number, BlockRole.Copy);
        }
    }

    /// <summary>Drops an extra copy, if its version is the expected one and nobody reads it or has a lease on it.</summary>
    /// <returns>False when it stays, or another version is here, or none, or it is no extra copy any more.</returns>
    public bool TryDropExtra(ReadOnlySpan<byte> key, BlockVersion expected)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            var number = FindExactly(key, hash, expected);
            if (number < 0 || _catalog[number] is not { Role: BlockRole.Extra, Leases: 0, Pins: 0 })
                return false;
            _catalog.Retire(number, History.DepartureReason.Cooled);
            return true;
        }
    }

    /// <summary>Notes that so many bytes of a block were read from a cache beside this silo: they count as read here. Nothing when it is not here.</summary>
    public void NoteNearRead(ReadOnlySpan<byte> key, long bytes)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
        {
            ThrowIfDisposed();
            if (_catalog.FindLive(key, hash, _clock.Now) is not (>= 0 and var number))
                return;
            _catalog.Use(number);
            NoteRead(number, _catalog[number].Generation, Math.Clamp(bytes, 0, (long)MostNearReads * _catalog[number].Length));
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
