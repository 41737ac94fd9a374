using System.Runtime.InteropServices;

namespace KvOrleans.Storage.Arena;

/// <summary>
/// Asks Linux for 2 MiB pages: fewer page faults and TLB misses. A region is then committed as a whole by its first write; since regions are
/// filled before the next is begun, that is at most one region more than without.
/// </summary>
internal static unsafe partial class HugePages
{
    private const int MadviseHugePage = 14;

    /// <summary>Only advice: a kernel or a C library that does not know it changes nothing.</summary>
    public static void Advise(void* memory, nuint length)
    {
        if (!OperatingSystem.IsLinux())
            return;

        try
        {
            _ = Madvise(memory, length, MadviseHugePage);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* memory, nuint length, int advice);
}
