using KvOrleans.Storage.Arena;

namespace KvOrleans.Storage.Index;

/// <summary>
/// One entry for each open reader. A copy of an <see cref="OpenBlock"/> disposed again finds another generation and does
/// nothing, so a block is unpinned exactly once for each time it was opened.
/// </summary>
internal sealed class PinTable(NativeHeap heap) : IDisposable
{
    private readonly NativeTable<Entry> _entries = new(heap);
    private int _everUsed;
    private int _free;

    public int Count { get; private set; }

    /// <summary>Whether this pin is still there. Without the lock, true is only good for whoever holds that pin.</summary>
    public bool Holds(int pin, long generation) => pin < _everUsed && _entries[pin].Generation == generation;

    public int Add(int record, out long generation)
    {
        var pin = _free - 1;
        if (pin < 0)
        {
            _entries.EnsureCapacity(_everUsed + 1);
            pin = _everUsed++;
        }
        else
        {
            _free = _entries[pin].Value;
        }

        ref var entry = ref _entries[pin];
        entry.Value = record;
        generation = ++entry.Generation;
        Count++;
        return pin;
    }

    /// <summary>False when this pin is gone already.</summary>
    public bool TryRemove(int pin, long generation, out int record)
    {
        record = -1;
        if (!Holds(pin, generation))
            return false;

        ref var entry = ref _entries[pin];
        record = entry.Value;
        entry.Generation++;
        entry.Value = _free;
        _free = pin + 1;
        Count--;
        return true;
    }

    public void Dispose()
    {
        _entries.Dispose();
        _everUsed = 0;
        _free = 0;
    }

    private struct Entry
    {
        /// <summary>Odd while in use.</summary>
        public long Generation;

        /// <summary>The record, or the next free entry plus one.</summary>
        public int Value;
    }
}
