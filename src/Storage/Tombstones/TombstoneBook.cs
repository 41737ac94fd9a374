using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;

namespace KvOrleans.Storage.Tombstones;

/// <summary>The tombstones of a store: one a key, bounded in number; when full the oldest goes. Not thread-safe: the store's lock guards it.</summary>
/// <remarks>
/// Its memory begins with the first tombstone: then 4 bytes for each that there may be, rounded up to a power of two, and 68 bytes for each that there is.
/// Entries never move, so that a visit in slices misses none that was there all the time.
/// </remarks>
internal sealed unsafe class TombstoneBook : IDisposable
{
    private readonly NativeHeap _heap;
    private readonly NativeTable<TombstoneEntry> _entries;
    private readonly TombstoneAges _ages;
    private readonly int _most;
    private readonly int _bucketCount;
    private readonly long _seed;
    private int* _buckets;
    private int _free;

    /// <param name="heap">Where it lives.</param>
    /// <param name="most">The most tombstones.</param>
    /// <param name="seed">Unknown outside, so that nobody can aim many keys at one bucket.</param>
    public TombstoneBook(NativeHeap heap, int most, long seed)
    {
        _heap = heap;
        _entries = new(heap);
        _ages = new(heap, _entries);
        _most = most;
        _bucketCount = (int)BitOperations.RoundUpToPowerOf2((uint)most);
        _seed = seed;
    }

    public int Count => _ages.Count;

    /// <summary>Entry numbers run from 0 to below this.</summary>
    public int EntryLimit { get; private set; }

    /// <summary>Dropped for want of room since the start.</summary>
    public long Displaced { get; private set; }

    /// <summary>When the youngest was told of that was dropped for want of room; <see cref="long.MinValue"/> when none was.</summary>
    public long YoungestDisplaced { get; private set; } = long.MinValue;

    public long Bytes => _entries.Bytes + _ages.Bytes + (_buckets is null ? 0 : BucketBytes);

    private int BucketBytes => _bucketCount * sizeof(int);

    public ref readonly TombstoneEntry this[int entry] => ref _entries[entry];

    /// <summary>The entry of a key, or -1.</summary>
    public int Find(KeyId key)
    {
        if (_buckets is null)
            return -1;
        var entry = Bucket(key) - 1;
        while (entry >= 0 && _entries[entry].Key != key)
            entry = _entries[entry].Next - 1;
        return entry;
    }

    /// <summary>Remembers a tombstone beside what is known of the key; it counts as told of at the later of both times.</summary>
    public void Add(KeyId key, in BlockVersion version, long toldAt)
    {
        var entry = Find(key);
        if (entry >= 0)
        {
            ref var known = ref _entries[entry];
            known.Version = TombstoneCoverage.Union(known.Version, version);
            if (known.ToldAt >= toldAt)
                return;
            known.ToldAt = toldAt;
            _ages.Rejuvenated(entry);
            return;
        }

        if (Count == _most)
        {
            Displaced++;
            YoungestDisplaced = Math.Max(YoungestDisplaced, Math.Min(toldAt, _entries[_ages.Oldest].ToldAt));
            if (_entries[_ages.Oldest].ToldAt >= toldAt)
                return;
            RemoveOldest();
        }

        if (_buckets is null)
            _buckets = (int*)_heap.AllocateZeroed(BucketBytes);
        entry = TakeEntry();
        ref var bucket = ref Bucket(key);
        _entries[entry] = new() { Key = key, Version = version, ToldAt = toldAt, Next = bucket };
        bucket = entry + 1;
        _ages.Add(entry);
    }

    /// <summary>Drops those told of at <paramref name="instant"/> or before, at most <paramref name="most"/> of them.</summary>
    public void DropOlder(long instant, int most)
    {
        for (; most > 0 && Count > 0 && _entries[_ages.Oldest].ToldAt <= instant; most--)
            RemoveOldest();
    }

    public void Dispose()
    {
        _entries.Dispose();
        _ages.Dispose();
        if (_buckets is null)
            return;
        _heap.Free(_buckets, BucketBytes);
        _buckets = null;
    }

    private int TakeEntry()
    {
        if (_free == 0)
        {
            _entries.EnsureCapacity(EntryLimit + 1);
            return EntryLimit++;
        }

        var entry = _free - 1;
        _free = _entries[entry].Next;
        return entry;
    }

    private void RemoveOldest()
    {
        var entry = _ages.Oldest;
        _ages.RemoveOldest();
        ref var link = ref Bucket(_entries[entry].Key);
        while (link != entry + 1)
            link = ref _entries[link - 1].Next;
        link = _entries[entry].Next;
        _entries[entry] = new() { Next = _free };
        _free = entry + 1;
    }

    private ref int Bucket(KeyId key)
    {
        var hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(new ReadOnlySpan<KeyId>(in key)), _seed);
        return ref _buckets[hash & (uint)(_bucketCount - 1)];
    }
}
