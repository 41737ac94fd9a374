using System.Net;
using System.Net.Sockets;

namespace KvOrleans.Cli.Silos;

/// <summary>Finds loopback ports that nobody listens on.</summary>
internal static class FreePorts
{
    /// <summary><paramref name="count"/> different ports, free a moment ago: another process may yet take one.</summary>
    public static int[] Find(int count)
    {
        var listeners = new List<TcpListener>(count);
        try
        {
            for (var at = 0; at < count; at++)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                listeners.Add(listener);
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in listeners)
                listener.Dispose();
        }
    }
}
