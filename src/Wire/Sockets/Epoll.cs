using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KvOrleans.Wire.Sockets;

/// <summary>epoll(7) of 64-bit Linux. Each arming is for one event, which goes to one of the threads that wait.</summary>
internal static unsafe partial class Epoll
{
    /// <summary>Bytes can be read, or the peer has ended its side.</summary>
    public const uint Readable = 0x1 | 0x2000;

    /// <summary>Bytes can be written.</summary>
    public const uint Writable = 0x4;

    /// <summary>The connection has failed or is over in both directions; comes unasked.</summary>
    public const uint Broken = 0x8 | 0x10;

    private const uint Once = 1u << 30;
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;
    private const int Forever = -1;

    private const int LongestEvent = 16;

    // struct epoll_event is packed on x86-64 alone.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    /// <summary>Makes an instance. False when the system has none.</summary>
    public static bool TryCreate(out int instance)
    {
        instance = OperatingSystem.IsLinux() && Environment.Is64BitProcess ? Create(CloseOnExec) : -1;
        return instance >= 0;
    }

    /// <summary>Asks for one event of <paramref name="socket"/>, under the name <paramref name="id"/>.</summary>
    /// <returns>False when the system refuses.</returns>
    public static bool TryArm(int instance, SafeSocketHandle socket, long id, uint events, bool isFirst)
    {
        var value = stackalloc byte[LongestEvent];
        Unsafe.WriteUnaligned(value, events | Once);
        Unsafe.WriteUnaligned(value + DataOffset, id);
        return Control(instance, isFirst ? Add : Modify, socket, value) == 0;
    }

    /// <summary>Ends what <see cref="TryArm"/> began.</summary>
    public static void Remove(int instance, SafeSocketHandle socket)
    {
        var ignored = stackalloc byte[LongestEvent];
        _ = Control(instance, Delete, socket, ignored);
    }

    /// <summary>Waits for an event. False when a signal came instead.</summary>
    public static bool Wait(int instance, out long id, out uint events)
    {
        var value = stackalloc byte[LongestEvent];
        var came = Wait(instance, value, 1, Forever) == 1;
        (id, events) = came ? (Unsafe.ReadUnaligned<long>(value + DataOffset), Unsafe.ReadUnaligned<uint>(value)) : default;
        return came;
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    private static partial int Control(int instance, int operation, SafeSocketHandle socket, byte* value);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    private static partial int Wait(int instance, byte* values, int most, int milliseconds);
}
