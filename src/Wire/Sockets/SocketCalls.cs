using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KvOrleans.Wire.Sockets;

/// <summary>recv(2) and send(2) of Linux that never wait.</summary>
internal static unsafe partial class SocketCalls
{
    private const int DoNotWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int Interrupted = 4;
    private const int Again = 11;

    /// <summary>Receives what there is. False when nothing is there yet.</summary>
    /// <exception cref="IOException">The connection has failed.</exception>
    public static bool TryReceive(SafeSocketHandle socket, Span<byte> destination, out int count)
    {
        fixed (byte* start = destination)
        {
            do
                count = (int)Receive(socket, start, (nuint)destination.Length, DoNotWait);
            while (count < 0 && IsToBeRepeated());
        }

        return count >= 0;
    }

    /// <summary>Sends what the socket takes.</summary>
    /// <returns>How many bytes; fewer than all when the socket is full.</returns>
    /// <exception cref="IOException">The connection has failed.</exception>
    public static int Send(SafeSocketHandle socket, ReadOnlySpan<byte> source)
    {
        var sent = 0;
        fixed (byte* start = source)
        {
            while (sent < source.Length)
            {
                var count = (int)Send(socket, start + sent, (nuint)(source.Length - sent), DoNotWait | NoSignal);
                if (count >= 0)
                    sent += count;
                else if (!IsToBeRepeated())
                    break;
            }
        }

        return sent;
    }

    /// <summary>After a failed call: false when it would have to wait.</summary>
    private static bool IsToBeRepeated() => Marshal.GetLastPInvokeError() switch
    {
        Interrupted => true,
        Again => false,
        var error => throw new IOException(new Win32Exception(error).Message),
    };

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeSocketHandle socket, byte* destination, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeSocketHandle socket, byte* source, nuint length, int flags);
}
