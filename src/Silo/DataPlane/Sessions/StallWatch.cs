using System.Net.Sockets;

namespace KvOrleans.Silo.DataPlane.Sessions;

/// <summary>Since when a session waits for its peer in the middle of something. The session marks it, another thread asks.</summary>
internal sealed class StallWatch(Socket socket, TimeProvider time)
{
    private long _waitingSince;
    private int _arrived;

    public void MarkWaiting() => Volatile.Write(ref _waitingSince, time.GetTimestamp());

    public void MarkIdle() => Volatile.Write(ref _waitingSince, 0);

    /// <summary>Whether the peer has done nothing since before <paramref name="horizon"/> and should have. For one thread.</summary>
    public bool IsStalled(long horizon)
    {
        var since = Volatile.Read(ref _waitingSince);
        return since != 0 && !HasMoreArrived(since) && since <= horizon;
    }

    /// <summary>A session is woken for a large part of a value: until then the kernel alone knows that the peer goes on.</summary>
    private bool HasMoreArrived(long since)
    {
        try
        {
            var arrived = socket.Available;
            if (arrived == _arrived)
                return false;
            _arrived = arrived;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }

        Interlocked.CompareExchange(ref _waitingSince, time.GetTimestamp(), since);
        return true;
    }
}
