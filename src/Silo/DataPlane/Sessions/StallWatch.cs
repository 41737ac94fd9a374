using System.Net.Sockets;
using KvOrleans.Wire.Connections;

namespace KvOrleans.Silo.DataPlane.Sessions;

/// <summary>Since when a session waits for its peer in the middle of something. The session marks it, another thread asks.</summary>
internal sealed class StallWatch(Socket socket, TimeProvider time)
{
    private readonly Arrivals _arrivals = new(socket);
    private long _waitingSince;

    public void MarkWaiting() => Volatile.Write(ref _waitingSince, time.GetTimestamp());

    public void MarkIdle() => Volatile.Write(ref _waitingSince, 0);

    /// <summary>Whether the peer has done nothing since before <paramref name="horizon"/> and should have. For one thread.</summary>
    public bool IsStalled(long horizon)
    {
        var since = Volatile.Read(ref _waitingSince);
        if (since == 0)
            return false;
        if (!_arrivals.HaveChanged())
            return since <= horizon;
        Interlocked.CompareExchange(ref _waitingSince, time.GetTimestamp(), since);
        return false;
    }
}
