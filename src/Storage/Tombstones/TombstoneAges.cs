using KvOrleans.Storage.Arena;

namespace KvOrleans.Storage.Tombstones;

/// <summary>Tombstones by age, the oldest first: a binary heap of entry numbers. Not thread-safe.</summary>
internal sealed class TombstoneAges(NativeHeap heap, NativeTable<TombstoneEntry> entries) : IDisposable
{
    private readonly NativeTable<int> _heap = new(heap);

    public int Count { get; private set; }

    public long Bytes => _heap.Bytes;

    /// <summary>There must be one.</summary>
    public int Oldest => _heap[0];

    public void Add(int entry)
    {
        _heap.EnsureCapacity(Count + 1);
        Rise(Count++, entry);
    }

    /// <summary>An entry that is here became younger.</summary>
    public void Rejuvenated(int entry) => Sink(entries[entry].Place, entry);

    public void RemoveOldest()
    {
        var last = _heap[--Count];
        if (Count > 0)
            Sink(0, last);
    }

    public void Dispose()
    {
        _heap.Dispose();
        Count = 0;
    }

    private void Rise(int place, int entry)
    {
        for (; place > 0 && entries[_heap[(place - 1) / 2]].ToldAt > entries[entry].ToldAt; place = (place - 1) / 2)
            Put(place, _heap[(place - 1) / 2]);
        Put(place, entry);
    }

    private void Sink(int place, int entry)
    {
        for (var child = (place * 2) + 1; child < Count; child = (place * 2) + 1)
        {
            if (child + 1 < Count && entries[_heap[child + 1]].ToldAt < entries[_heap[child]].ToldAt)
                child++;
            if (entries[_heap[child]].ToldAt >= entries[entry].ToldAt)
                break;
            Put(place, _heap[child]);
            place = child;
        }

        Put(place, entry);
    }

    private void Put(int place, int entry)
    {
        _heap[place] = entry;
        entries[entry].Place = place;
    }
}
