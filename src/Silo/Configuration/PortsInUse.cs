using System.Net;
using System.Net.Sockets;

namespace KvOrleans.Silo.Configuration;

/// <summary>Tells before anything starts which of the silo's ports it cannot have, since not every listener says so by itself.</summary>
internal static class PortsInUse
{
    /// <summary>What is wrong with each port that cannot be listened on.</summary>
    public static IReadOnlyList<string> Find(KvOrleansOptions options)
    {
        (string Name, int Port)[] ports =
        [
            ("SiloPort", options.SiloPort), ("GatewayPort", options.GatewayPort),
            ("DataPlane:Port", options.DataPlane.Port), ("Http:Port", options.Http.Port),
        ];
        var address = IPAddress.Parse(options.ListenAddress);
        return [.. from port in ports
                   let error = TryListen(new(address, port.Port))
                   where error is not null
                   select $"cannot listen on {new IPEndPoint(address, port.Port)} ({KvOrleansOptions.Section}:{port.Name}): {error.Message}"];
    }

    private static SocketException? TryListen(IPEndPoint endpoint)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endpoint);
            socket.Listen();
            return null;
        }
        catch (SocketException error)
        {
            return error;
        }
    }
}
