using System.Diagnostics;
using System.IO.Hashing;
using System.Numerics;
using KvOrleans.Storage.Arena;

namespace KvOrleans.Storage.Index;

/// <summary>
/// From key to record: a linear hash table whose buckets are chains of records. It grows by one bucket an insertion, so no
/// insertion ever stops to rehash. Not thread-safe.
/// </summary>
/// <remarks>Source: W. Litwin, "Linear hashing: a new tool for file and table addressing", VLDB 1980.</remarks>
internal sealed class BlockIndex : IDisposable
{
    private const int FirstBuckets = 1024;

    private readonly long _seed;
    private readonly NativeTable<BlockRecord> _records;
    private readonly NativeTable<int> _buckets;
    private int _roundBuckets = FirstBuckets;
    private int _split;

    /// <param name="heap">Where the buckets live.</param>
    /// <param name="records">The records that the chains run through.</param>
    /// <param name="seed">Unknown outside, so that nobody can aim many keys at one bucket.</param>
    public BlockIndex(NativeHeap heap, NativeTable<BlockRecord> records, long seed)
    {
        _records = records;
        _seed = seed;
        _buckets = new(heap);
        _buckets.EnsureCapacity(FirstBuckets);
    }

    public int Count { get; private set; }

    public long Bytes => _buckets.Bytes;

    public ulong Hash(ReadOnlySpan<byte> key) => XxHash3.HashToUInt64(key, _seed);

    /// <summary>The record of <paramref name="key"/>, or -1.</summary>
    public int Find(ReadOnlySpan<byte> key, ulong hash)
    {
        var number = Bucket(hash) - 1;
        while (number >= 0)
        {
            ref var record = ref _records[number];
            if (record.KeyHash == hash && record.KeyBytes.SequenceEqual(key))
                return number;
            number = record.Next - 1;
        }

        return -1;
    }

    /// <summary>
    /// Has the processor fetch what <see cref="Find"/> of these hashes will read: bucket, record and key of all of them at once. One key after the other each of the
    /// three would be waited for.
    /// </summary>
    /// <param name="hashes">The hashes.</param>
    /// <param name="numbers">Gets for each the record that will most likely be found, or -1.</param>
    public unsafe void Fetch(ReadOnlySpan<ulong> hashes, Span<int> numbers)
    {
        foreach (var hash in hashes)
            ProcessorCache.Fetch(ref Bucket(hash));
        for (var i = 0; i < hashes.Length; i++)
            FetchRecord(numbers[i] = Bucket(hashes[i]) - 1);
        for (var i = 0; i < hashes.Length; i++)
        {
            if (numbers[i] >= 0 && _records[numbers[i]].KeyHash != hashes[i])
                FetchRecord(numbers[i] = _records[numbers[i]].Next - 1);
        }

        foreach (var number in numbers[..hashes.Length])
        {
            if (number >= 0)
                ProcessorCache.Fetch(_records[number].Key, _records[number].KeyLength);
        }
    }

    private void FetchRecord(int number)
    {
        if (number >= 0)
            ProcessorCache.Fetch(ref _records[number]);
    }

    /// <summary>Adds a record whose key is not in the index.</summary>
    public void Add(int number)
    {
        ref var record = ref _records[number];
        Push(ref Bucket(record.KeyHash), number);
        if (++Count > _roundBuckets + _split)
            SplitOne();
    }

    public void Remove(int number)
    {
        ref var link = ref Bucket(_records[number].KeyHash);
        while (link != number + 1)
        {
            Debug.Assert(link != 0, "The record is not in its bucket.");
            link = ref _records[link - 1].Next;
        }

        link = _records[number].Next;
        Count--;
    }

    public void Dispose() => _buckets.Dispose();

    private void SplitOne()
    {
        _buckets.EnsureCapacity(_roundBuckets + _split + 1);
        var chain = _buckets[_split];
        _buckets[_split] = 0;
        ref var low = ref _buckets[_split];
        ref var high = ref _buckets[_roundBuckets + _split];
        while (chain != 0)
        {
            ref var record = ref _records[chain - 1];
            var next = record.Next;
            Push(ref (record.KeyHash & (uint)_roundBuckets) == 0 ? ref low : ref high, chain - 1);
            chain = next;
        }

        if (++_split == _roundBuckets)
        {
            _roundBuckets *= 2;
            _split = 0;
        }
    }

    private void Push(ref int bucket, int number)
    {
        _records[number].Next = bucket;
        bucket = number + 1;
    }

    private ref int Bucket(ulong hash)
    {
        Debug.Assert(BitOperations.IsPow2(_roundBuckets));
        var bucket = (int)(hash & (uint)(_roundBuckets - 1));
        if (bucket < _split)
            bucket = (int)(hash & (uint)((_roundBuckets * 2) - 1));
        return ref _buckets[bucket];
    }
}
