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

    private Socket? _socket;
    private int _mark = 1;

    /// <summary>For <paramref name="socket"/>, which stays the caller's.</summary>
    public ReceiveLowWater(Socket socket) => _socket = OperatingSystem.IsLinux() ? socket : null;

    /// <summary>A payload begins: says how many bytes the peer will surely still send.</summary>
    public void Begin(int bytes) => Set(bytes < Worthwhile ? 1 : Math.Min(bytes, Highest));

    /// <summary>Goes with every part received: says how many bytes will surely still come. 0 ends it.</summary>
    /// <remarks>The mark is taken back when less than it is left. What is left then has mostly come, for it was woken by that much.</remarks>
    public void Left(int bytes)
    {
        if (bytes < _mark)
            Set(1);
    }

    private void Set(int mark)
    {
        if (mark == _mark || _socket is null)
            return;
        Span<byte> value = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(value, mark);
        try
        {
            _socket.SetRawSocketOption(SocketLevel, ReceiveLowWaterOption, value);
            _mark = mark;
        }
        catch (SocketException) when (_mark == 1)
        {
            // A sandbox's kernel may not know it. One that took a mark must take it back.
            _socket = null;
        }
    }
}
