using System.Buffers.Binary;
using System.Net.Sockets;

namespace KvOrleans.Wire;

/// <summary>
/// Lets the kernel wake a receiver only when a worthwhile part of a large payload has arrived, instead of for every segment. Not thread-safe.
/// </summary>
/// <remarks>
/// It sets <c>SO_RCVLOWAT</c> (socket(7)). A mark above what will still come would never be reached, so it is set for what a
/// known payload still lacks and taken back behind it. An end or an error of the stream wakes the receiver all the same. Where the system has no such
/// option it does nothing.
/// </remarks>
public sealed class ReceiveLowWater
{
    // Large enough that waking up is cheap beside copying, small enough that the sender never waits for the receiver to wake.
    private const int Highest = 1024 * 1024;

    // For less than this a wake-up more or less does not matter.
    private const int Worthwhile = 64 * 1024;

    private const int SocketLevel = 1;
    private const int ReceiveLowWaterOption = 18;

    private readonly Socket? _socket;
    private int _mark = 1;

    /// <summary>For <paramref name="socket"/>, which stays the caller's.</summary>
    public ReceiveLowWater(Socket socket) => _socket = OperatingSystem.IsLinux() ? socket : null;

    /// <summary>Says how many bytes the peer will surely still send; 0 when that is not known.</summary>
    public void Expect(int bytes)
    {
        var mark = bytes < Worthwhile ? 1 : Math.Min(bytes, Highest);
        if (mark == _mark || _socket is null)
            return;
        Span<byte> value = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(value, mark);
        _socket.SetRawSocketOption(SocketLevel, ReceiveLowWaterOption, value);
        _mark = mark;
    }
}
