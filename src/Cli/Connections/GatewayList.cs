using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KvOrleans.Cli.Connections;

/// <summary>Reads <c>host:port[,host:port…]</c>.</summary>
internal static class GatewayList
{
    /// <summary>Reads <paramref name="text"/> and looks up its host names.</summary>
    /// <exception cref="FormatException">Something in it is not a host and port, or a name has no address.</exception>
    public static IReadOnlyList<IPEndPoint> Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0
            ? [.. parts.SelectMany(ParseOne)]
            : throw new FormatException("no gateway is named; expected host:port, such as 127.0.0.1:30000");
    }

    /// <summary>A name may stand for many gateways.</summary>
    private static IEnumerable<IPEndPoint> ParseOne(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > IPEndPoint.MaxPort)
            throw new FormatException($"'{text}' is not host:port with a port from 1 to {IPEndPoint.MaxPort}, such as 127.0.0.1:30000");

        var host = text[..colon].Trim('[', ']');
        if (IPAddress.TryParse(host, out var address))
            return [new(address, port)];
        try
        {
            return Dns.GetHostAddresses(host) is { Length: > 0 } found
                ? found.OrderBy(one => one.AddressFamily).Select(one => new IPEndPoint(one, port))
                : throw new FormatException($"the host '{host}' has no address");
        }
        catch (Exception error) when (error is SocketException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException($"the host '{host}' has no address: {error.Message}", error);
        }
    }
}
