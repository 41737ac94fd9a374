using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.History;
using KvOrleans.Storage.Index;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    /// <summary>Tells what is known of a key: what is here, or how it left. Does not count as a use.</summary>
    /// <exception cref="ArgumentException">The key is longer than keys are.</exception>
    public BlockExplanation Explain(ReadOnlySpan<byte> key)
    {
        EndDueLeases();
        var hash = _catalog.Hash(key);
        var id = KeyId.Of(key);
        lock (_lock)
        {
            ThrowIfDisposed();
            var now = _clock.Now;
            var number = _catalog.FindLive(key, hash, now);
            Departure? departure = _departures.TryFind(hash, out var left) ? left : null;
            TimeSpan? buried = _tombstones.Find(id) is >= 0 and var entry && AgeOf(_tombstones[entry], now) is var age && age < _tombstoneLifetime ? age : null;
            if (number < 0)
                return new(null, default, default, 0, 0, departure, buried, _departures.Remembers, 0, false);
            ref var record = ref _catalog[number];
            return new(
                InfoOf(record, now), record.Role, record.IsRegister ? BlockKind.Overwritable : BlockKind.WriteOnce, record.Uses, record.Holders,
                departure, buried, _departures.Remembers, record.Parent, record.Has(RecordMarks.Orphan));
        }
    }

    /// <summary>
    /// Looks for blocks under keys that differ from these only in the fingerprint, what stands between <c>kv:</c> and the first <c>/</c>. Nothing leads there: it looks at all records, in short slices, within
    /// bounds. Counts as no use.
    /// </summary>
    /// <param name="keys">Keys; of those that are not like that nothing is found.</param>
    /// <param name="maxRecords">The most records to look at.</param>
    /// <param name="longest">The longest that it may take.</param>
    /// <param name="isWhole">Whether all records were looked at: false when a bound was met before.</param>
    /// <returns>What was found, one for each key and default for none.</returns>
    public BlockKey[] FindOtherFingerprints(ReadOnlySpan<BlockKey> keys, int maxRecords, TimeSpan longest, out bool isWhole)
    {
        var search = new FingerprintSearch(keys);
        isWhole = true;
        if (search.IsVain)
            return search.Found;
        var end = _clock.After(_clock.Now, longest);
        for (var cursor = 0; ;)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                for (var stop = Math.Min(_catalog.RecordLimit, cursor + RecordsPerSlice); cursor < stop; cursor++)
                {
                    if (_catalog[cursor].State == RecordState.Indexed)
                        search.LookAt(_catalog[cursor].KeyBytes);
                }

                isWhole = cursor >= _catalog.RecordLimit;
                if (isWhole || cursor >= maxRecords || _clock.Now >= end)
                    return search.Found;
            }
        }
    }
}
