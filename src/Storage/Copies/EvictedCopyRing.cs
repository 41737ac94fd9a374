using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Index;

namespace KvOrleans.Storage.Copies;

/// <summary>Copies that were evicted, in that order, until someone takes them. When full it refuses more, and counts them. Not thread-safe.</summary>
/// <remarks>It takes the keys over from the records, so that an eviction allocates and copies nothing.</remarks>
internal sealed unsafe class EvictedCopyRing : IDisposable
{
    public const int Capacity = 1 << 13;

    private readonly NativeHeap _heap;
    private Entry* _entries;
    private uint _head;
    private uint _tail;

    public EvictedCopyRing(NativeHeap heap)
    {
        _heap = heap;
        _entries = (Entry*)heap.Allocate(Capacity * sizeof(Entry));
    }

    /// <summary>Copies refused since the start.</summary>
    public long Dropped { get; private set; }

    /// <returns>False when it is full: the key stays the record's.</returns>
    public bool TryAdd(in BlockRecord record)
    {
        if (_tail - _head == Capacity)
        {
            Dropped++;
            return false;
        }

        _entries[_tail++ % Capacity] = new()
        {
            Key = record.Key,
            KeyLength = record.KeyLength,
            Room = (ushort)record.KeyRoom,
            Version = record.Version,
            Knowers = record.Holders,
        };
        return true;
    }

    public bool TryTake(out EvictedCopy copy)
    {
        copy = default;
        if (_head == _tail)
            return false;
        ref var entry = ref _entries[_head++ % Capacity];
        copy = new(BlockKey.From(new ReadOnlySpan<byte>(entry.Key, entry.KeyLength)), entry.Version, entry.Knowers);
        _heap.Free(entry.Key, entry.Room);
        return true;
    }

    public void Dispose()
    {
        if (_entries is null)
            return;
        for (; _head != _tail; _head++)
            _heap.Free(_entries[_head % Capacity].Key, _entries[_head % Capacity].Room);
        _heap.Free(_entries, Capacity * sizeof(Entry));
        _entries = null;
    }

    private struct Entry
    {
        public byte* Key;
        public ulong Knowers;
        public BlockVersion Version;
        public ushort KeyLength;

        /// <summary>What is allocated for it.</summary>
        public ushort Room;
    }
}
