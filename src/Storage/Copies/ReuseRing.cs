using KvOrleans.Storage.Arena;

namespace KvOrleans.Storage.Copies;

/// <summary>Contents that were used for the first time, in that order, until someone takes them. When full it refuses more, and counts them. Not thread-safe.</summary>
/// <remarks>Entries are not withdrawn when a content goes; whoever takes one compares the generation.</remarks>
internal sealed unsafe class ReuseRing : IDisposable
{
    public const int Capacity = 1 << 16;

    private readonly NativeHeap _heap;
    private ulong* _entries;
    private uint _head;
    private uint _tail;

    public ReuseRing(NativeHeap heap)
    {
        _heap = heap;
        _entries = (ulong*)heap.Allocate(Capacity * sizeof(ulong));
    }

    /// <summary>Entries refused since the start.</summary>
    public long Dropped { get; private set; }

    public void Add(int record, uint generation)
    {
        if (_tail - _head == Capacity)
            Dropped++;
        else
            _entries[_tail++ % Capacity] = ((ulong)generation << 32) | (uint)record;
    }

    public bool TryTake(out int record, out uint generation)
    {
        var isThere = _head != _tail;
        var entry = isThere ? _entries[_head++ % Capacity] : 0;
        (record, generation) = ((int)(uint)entry, (uint)(entry >> 32));
        return isThere;
    }

    public void Dispose()
    {
        if (_entries is null)
            return;
        _heap.Free(_entries, Capacity * sizeof(ulong));
        _entries = null;
    }
}
