using System.Net.Sockets;
using System.Runtime.InteropServices;
using KvOrleans.Wire.Sockets;

namespace KvOrleans.Wire;

/// <summary>Sends a head, a payload and a line end from where they lie in one system call, as much as the socket takes at once.</summary>
/// <remarks>
/// .NET gathers managed arrays only, so this is sendmsg(2) itself, on Linux. It never waits and never fails: what was not sent, for
/// whatever reason, goes the stream's way, which waits, and reports what is wrong.
/// </remarks>
internal sealed unsafe partial class GatheredSend
{
    private const int DoNotWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int Parts = 3;

    private readonly Socket _socket;

    private GatheredSend(Socket socket) => _socket = socket;

    /// <summary>Null where the system is another one.</summary>
    public static GatheredSend? For(Socket? socket) =>
        socket is not null && OperatingSystem.IsLinux() && Environment.Is64BitProcess && BitConverter.IsLittleEndian ? new(socket) : null;

    /// <summary>Sends what is taken at once.</summary>
    /// <returns>How many bytes of the three, in their order, were sent; 0 when none.</returns>
    public int Send(ReadOnlySpan<byte> head, ReadOnlyMemory<byte> payload, ReadOnlySpan<byte> tail)
    {
        if (!SocketReactor.MayGoOn)
            return 0;
        using var pinned = payload.Pin();
        fixed (byte* headStart = head)
        fixed (byte* tailStart = tail)
        {
            var parts = stackalloc Vector[Parts];
            parts[0] = new(headStart, head.Length);
            parts[1] = new((byte*)pinned.Pointer, payload.Length);
            parts[2] = new(tailStart, tail.Length);
            var message = new Message { Vectors = parts, VectorCount = Parts };
            try
            {
                var sent = (int)Math.Max(0, SendMessage(_socket.SafeHandle, &message, DoNotWait | NoSignal));
                SocketReactor.Moved(sent);
                return sent;
            }
            catch (ObjectDisposedException)
            {
                return 0;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg")]
    private static partial nint SendMessage(SafeSocketHandle socket, Message* message, int flags);

    /// <summary><c>struct iovec</c></summary>
    private readonly struct Vector(byte* start, int length)
    {
        public readonly byte* Start = start;
        public readonly nuint Length = (nuint)length;
    }

    /// <summary><c>struct msghdr</c> of 64-bit Linux; glibc's and musl's agree where the counts are small and the machine is little-endian.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public ulong NameLength;
        public Vector* Vectors;
        public ulong VectorCount;
        public void* Control;
        public ulong ControlLength;
        public ulong Flags;
    }
}
