using System.Runtime.InteropServices;

namespace KvOrleans.Storage.Arena;

/// <summary>Native memory beside the arena, counted: records, keys, leases. Not thread-safe; the store's lock guards it.</summary>
internal sealed unsafe class NativeHeap
{
    public long Bytes { get; private set; }

    public long Allocations { get; private set; }

    public void* Allocate(int bytes) => Count(NativeMemory.Alloc((nuint)bytes), bytes);

    public void* AllocateZeroed(int bytes) => Count(NativeMemory.AllocZeroed((nuint)bytes), bytes);

    public void Free(void* memory, int bytes)
    {
        NativeMemory.Free(memory);
        Bytes -= Cost(bytes);
        Allocations--;
    }

    /// <summary>What an allocation takes from the C library: a header of 8 bytes, rounded up to 16, at least 32.</summary>
    private static long Cost(int bytes) => Math.Max(32, (bytes + 8L + 15) & ~15L);

    private void* Count(void* memory, int bytes)
    {
        Bytes += Cost(bytes);
        Allocations++;
        return memory;
    }
}
