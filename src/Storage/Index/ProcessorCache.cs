using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace KvOrleans.Storage.Index;

/// <summary>Asks the processor to fetch memory that will be read soon, so that many misses are waited for together. A hint: wrong addresses do no harm.</summary>
internal static unsafe class ProcessorCache
{
    private const int LineBytes = 64;

    /// <summary>Fetches what lies at <paramref name="item"/>.</summary>
    public static void Fetch<T>(ref T item)
        where T : unmanaged => Fetch(Unsafe.AsPointer(ref item), sizeof(T));

    /// <summary>Fetches <paramref name="bytes"/> bytes from <paramref name="start"/> on.</summary>
    public static void Fetch(void* start, int bytes)
    {
        if (!Sse.IsSupported)
            return;
        for (var line = (nuint)start & ~(nuint)(LineBytes - 1); line < (nuint)start + (nuint)bytes; line += LineBytes)
            Sse.Prefetch0((void*)line);
    }
}
