using System.Numerics;
using System.Runtime.InteropServices;
using KvOrleans.Storage.Arena;

namespace KvOrleans.Storage.Heat;

/// <summary>A note of each read, left without a lock in rings, one or more processors' each. What is not drained in time is overwritten: then a ring is a sample.</summary>
/// <remarks>
/// The two halves of a note that two threads write at the same place, a whole ring apart, may mix: a note is then another block's bytes. What is made of notes is an estimate.
/// </remarks>
internal sealed unsafe class ReadNotes : IDisposable
{
    /// <summary>Notes that a ring keeps until it is drained.</summary>
    public const int RingLength = 4096;

    private const int MostRings = 64;

    private readonly NativeHeap _heap;
    private readonly int _rings;
    private Ring* _all;
    private Note* _notes;

    public ReadNotes(NativeHeap heap)
        : this(heap, Environment.ProcessorCount)
    {
    }

    internal ReadNotes(NativeHeap heap, int processors)
    {
        _heap = heap;
        _rings = (int)Math.Min(MostRings, BitOperations.RoundUpToPowerOf2((uint)processors));
        _all = (Ring*)heap.AllocateZeroed(RingBytes);
        _notes = (Note*)heap.AllocateZeroed(NoteBytes);
    }

    private int RingBytes => _rings * sizeof(Ring);

    private int NoteBytes => _rings * RingLength * sizeof(Note);

    /// <summary>Notes a read of some bytes of the content of a record. The caller sees to it that this is not disposed meanwhile.</summary>
    public void Add(int record, uint generation, long bytes)
    {
        var ring = Thread.GetCurrentProcessorId() & (_rings - 1);
        ref var head = ref _all[ring];
        var at = Interlocked.Increment(ref head.Count) - 1;
        Interlocked.Add(ref head.Bytes, bytes);
        ref var note = ref _notes[(ring * RingLength) + (int)(at & (RingLength - 1))];
        note.Bytes = bytes;
        Volatile.Write(ref note.Content, NameOf(record, generation));
    }

    /// <summary>A content's name in notes; never 0.</summary>
    public static ulong NameOf(int record, uint generation) => ((ulong)generation << 32) | ((uint)record + 1);

    /// <summary>What a name stands for.</summary>
    public static (int Record, uint Generation) ContentOf(ulong name) => ((int)((uint)name - 1), (uint)(name >> 32));

    /// <summary>Puts all notes since the last time into a sketch, those of a ring that was overwritten with the weight of those that were lost. One caller at a time.</summary>
    /// <returns>All bytes read since then, exactly.</returns>
    public long Drain(HeatSketch into)
    {
        var bytes = 0L;
        for (var ring = 0; ring < _rings; ring++)
        {
            ref var head = ref _all[ring];
            var count = Volatile.Read(ref head.Count);
            var read = Volatile.Read(ref head.Bytes);
            bytes += read - head.DrainedBytes;
            head.DrainedBytes = read;
            var fresh = count - head.Drained;
            var kept = Math.Min(fresh, RingLength);
            for (var at = count - kept; at < count; at++)
            {
                ref var note = ref _notes[(ring * RingLength) + (int)(at & (RingLength - 1))];
                var name = Interlocked.Exchange(ref note.Content, 0);
                if (name != 0)
                    into.Add(name, (double)note.Bytes * fresh / kept, (double)fresh / kept);
            }

            head.Drained = count;
        }

        return bytes;
    }

    public void Dispose()
    {
        if (_all is null)
            return;
        _heap.Free(_notes, NoteBytes);
        _heap.Free(_all, RingBytes);
        _all = null;
        _notes = null;
    }

    private struct Note
    {
        public ulong Content;
        public long Bytes;
    }

    /// <summary>Two cache lines of its own: what readers write, and what the drain does.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Ring
    {
        [FieldOffset(0)]
        public long Count;

        [FieldOffset(8)]
        public long Bytes;

        [FieldOffset(64)]
        public long Drained;

        [FieldOffset(72)]
        public long DrainedBytes;
    }
}
