using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace KvOrleans.LoadGenerator.Servers;

/// <summary>Finds ports for servers that cannot choose one themselves.</summary>
internal static class LoopbackPorts
{
    /// <summary>Whether some process listens on <paramref name="port"/>; asked without connecting to it.</summary>
    public static bool IsListening(int port) =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == port);

    /// <summary>Ports that were all free at once a moment ago.</summary>
    public static int[] Free(int count)
    {
        var listeners = new List<TcpListener>(count);
        try
        {
            for (var index = 0; index < count; index++)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                listeners.Add(listener);
            }

            return [.. listeners.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(static listener => listener.Dispose());
        }
    }
}
