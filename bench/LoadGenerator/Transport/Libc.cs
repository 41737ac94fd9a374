using System.Runtime.InteropServices;

namespace KvOrleans.LoadGenerator.Transport;

/// <summary>The system calls of <see cref="BlockingTransport"/>: what <see cref="System.Net.Sockets.Socket"/> cannot do without allocating.</summary>
internal static unsafe partial class Libc
{
    /// <summary>Linux' <c>MSG_WAITALL</c>.</summary>
    public const int WaitAll = 0x100;

    private const int Interrupted = 4;

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "writev", SetLastError = true)]
    public static partial nint Write(int descriptor, IoVector* parts, int count);

    /// <summary>Throws for the last call's error, unless a signal interrupted it and it may be made again.</summary>
    public static void ThrowUnlessInterrupted(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        if (error != Interrupted)
            throw new IOException($"Cannot {what}: {Marshal.GetPInvokeErrorMessage(error)}.");
    }
}
