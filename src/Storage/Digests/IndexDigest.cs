using System.Security.Cryptography;
using KvOrleans.Contracts.Digests;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Index;

namespace KvOrleans.Storage.Digests;

/// <summary>The digest of the keys that are indexed. Not thread-safe: the store's lock guards it.</summary>
/// <remarks>
/// When there are too many or too few keys for the filter, another is built beside it, over slices of record numbers: a record counts in the new one when it is indexed and its number is below the cursor. So
/// whatever comes and goes meanwhile is in it as it should be, and when the cursor has passed all records it takes the old one's place. Then the old one's memory goes, in slices too.
/// </remarks>
internal sealed unsafe class IndexDigest : IDisposable
{
    /// <summary>The blocks of the smallest filter, for some three thousand keys.</summary>
    public const int FewestBlocks = 64;

    /// <summary>With fewer keys than this part of what it is made for a filter is too large. Another is then made for half as many keys again as there are: still far from being too small, or too large.</summary>
    private const int Quarter = 4;

    /// <summary>Most records are looked at in vain only where many blocks were dropped.</summary>
    private const int LooksPerKey = 8;

    private const int ChunksPerSlice = 1;
    private const int MostKeysPerSlice = 128;

    private readonly NativeHeap _heap;
    private readonly NativeTable<BlockRecord> _records;
    private DigestFilter _current;
    private DigestFilter? _next;
    private DigestFilter? _former;
    private int _cursor;
    private long _number;

    public IndexDigest(NativeHeap heap, NativeTable<BlockRecord> records)
    {
        _heap = heap;
        _records = records;
        _current = Filter(0);
    }

    /// <summary>The filter of now.</summary>
    public DigestFilter Current => _current;

    /// <summary>The number of the last change.</summary>
    public long Number => _number;

    public long Bytes => _current.Bytes + (_next?.Bytes ?? 0) + (_former?.Bytes ?? 0);

    /// <summary>How often another filter took the place of one.</summary>
    public long Rebuilds { get; private set; }

    /// <summary>How many filters were given up since a key was to be taken out that was not in. Always 0, or something is wrong.</summary>
    public long Faults { get; private set; }

    /// <summary>Whether another filter is being built.</summary>
    public bool IsRebuilding => _next is not null;

    /// <summary>A key will come or go: to be said some time before, since where it belongs is fetched from memory then.</summary>
    /// <returns>What <see cref="Add"/> and <see cref="Remove"/> want to know.</returns>
    public UInt128 Expect(ReadOnlySpan<byte> key)
    {
        var hash = KeyDigest.Hash(key);
        _current.Expect(hash);
        _next?.Expect(hash);
        return hash;
    }

    /// <summary>A record was indexed.</summary>
    public void Add(int number, UInt128 hash)
    {
        _current.Add(hash, ref _number);
        if (number < _cursor)
            _next?.Add(hash, ref _number);
    }

    /// <summary>A record leaves the index.</summary>
    public void Remove(int number, UInt128 hash)
    {
        _current.Remove(hash, ref _number);
        if (number < _cursor)
            _next?.Remove(hash, ref _number);
    }

    /// <summary>Goes on with what is under way, and begins what has to be done.</summary>
    /// <param name="keys">How many there are.</param>
    /// <param name="records">Record numbers run from 0 to below this.</param>
    /// <param name="most">How many keys to count at the most; not more than 128 at once.</param>
    /// <returns>Whether there is more to do.</returns>
    public bool GoOn(int keys, int records, int most)
    {
        if (_former is not null)
        {
            if (!_former.FreeSome(ChunksPerSlice))
                _former = null;
            return true;
        }

        if (_next is null)
        {
            if (!IsWrong(_current, keys))
                return false;
            _next = Filter(keys);
            _cursor = 0;
        }

        Count(_next, records, Math.Min(most, MostKeysPerSlice));
        if (_cursor >= records)
            Swap(_next);
        return true;
    }

    /// <summary>Gives all memory back.</summary>
    public void Dispose()
    {
        foreach (var filter in (ReadOnlySpan<DigestFilter?>)[_current, _next, _former])
            filter?.FreeSome(int.MaxValue);
        (_next, _former) = (null, null);
    }

    private static bool IsWrong(DigestFilter filter, int keys) =>
        filter.IsFaulty
        || (keys > filter.Capacity && filter.Blocks < KeyDigest.MostBlocks)
        || (keys < filter.Capacity / Quarter && filter.Blocks > FewestBlocks);

    /// <summary>Goes on with the records; what is read of memory is asked for first, all of it, and then waited for together.</summary>
    private void Count(DigestFilter filter, int records, int most)
    {
        var first = _cursor;
        for (int keys = 0, looks = most * LooksPerKey; _cursor < records && keys < most && looks > 0; looks--)
        {
            ref var record = ref _records[_cursor++];
            if (record.State != RecordState.Indexed)
                continue;
            ProcessorCache.Fetch(record.Key, record.KeyLength);
            keys++;
        }

        Span<UInt128> hashes = stackalloc UInt128[most];
        var count = 0;
        for (var number = first; number < _cursor; number++)
        {
            if (_records[number].State != RecordState.Indexed)
                continue;
            hashes[count] = KeyDigest.Hash(_records[number].KeyBytes);
            filter.Expect(hashes[count++]);
        }

        foreach (var hash in hashes[..count])
            filter.Add(hash, ref _number);
    }

    private void Swap(DigestFilter next)
    {
        if (_current.IsFaulty)
            Faults++;
        (_former, _current, _next) = (_current, next, null);
        _cursor = 0;
        Rebuilds++;
    }

    /// <summary>One for half as many keys again, with a generation that nobody has seen.</summary>
    private DigestFilter Filter(int keys)
    {
        Span<byte> random = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(random);
        return new(_heap, Math.Max(FewestBlocks, KeyDigest.BlocksFor(keys + (keys / 2L))), Math.Max(1, BitConverter.ToUInt64(random)));
    }
}
