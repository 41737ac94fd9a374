using System.Net;
using System.Net.Sockets;

namespace KvOrleans.Probes;

/// <summary>Ports of loopback that nobody listened on a moment ago; none is given twice.</summary>
internal static class FreePorts
{
    private static readonly Lock Taking = new();
    private static readonly HashSet<int> Taken = [];

    public static int[] Take(int count)
    {
        var sockets = new List<Socket>();
        var ports = new List<int>();
        lock (Taking)
        {
            while (ports.Count < count)
            {
                sockets.Add(Bound());
                var port = ((IPEndPoint)sockets[^1].LocalEndPoint!).Port;
                if (Taken.Add(port))
                    ports.Add(port);
            }
        }

        sockets.ForEach(socket => socket.Dispose());
        return [.. ports];
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
