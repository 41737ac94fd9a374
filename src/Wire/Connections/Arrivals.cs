using System.Net.Sockets;

namespace KvOrleans.Wire.Connections;

/// <summary>Looks whether a socket's peer goes on. A receiver is woken for a large part of a payload: until then the kernel alone knows. For one thread.</summary>
public sealed class Arrivals(Socket socket)
{
    private int _seen;

    /// <summary>Whether what has arrived and was not received is another amount than at the last look.</summary>
    public bool HaveChanged()
    {
        try
        {
            var arrived = socket.Available;
            if (arrived == _seen)
                return false;
            _seen = arrived;
            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
