using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Orleans.Messaging;
using Orleans.Runtime;

namespace KvOrleans.Client.Control;

/// <summary>The gateways as Orleans asks for them, again and again: addresses that do not change, and names that are looked up each time, so that silos may come and go behind a name.</summary>
/// <remarks>A name that cannot be looked up, or has no address just now, keeps those that it had: silos that are busy with a lost membership table are still there.</remarks>
internal sealed partial class GatewayNames(
    IReadOnlyList<IPEndPoint> gateways, IReadOnlyList<DnsEndPoint> names, TimeSpan refresh, Func<string, CancellationToken, Task<IPAddress[]>> lookUp, ILogger logger)
    : IGatewayListProvider
{
    private static readonly TimeSpan LongestLookUp = TimeSpan.FromSeconds(2);

    // A client that has ended may still be reading the list while the next one begins to.
    private readonly ConcurrentDictionary<DnsEndPoint, IPAddress[]> _known = new();

    public TimeSpan MaxStaleness => refresh;

    // Also without names: a gateway that could not be reached is tried again when the list is read anew.
    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    // A name server turns its answers round: sorted, the gateway after the one that was tried is another.
    public async Task<IList<Uri>> GetGateways()
    {
        var found = new List<IPEndPoint>(gateways);
        foreach (var name in names)
            found.AddRange((await AddressesAsync(name).ConfigureAwait(false)).OrderBy(address => address.ToString(), StringComparer.Ordinal).Select(address => new IPEndPoint(address, name.Port)));
        return [.. found.Distinct().Select(gateway => SiloAddress.New(gateway, 0).ToGatewayUri())];
    }

    /// <summary>Reads <c>name:port</c>.</summary>
    /// <returns>Null when it is not one.</returns>
    internal static DnsEndPoint? TryParse(string? text)
    {
        var colon = text?.LastIndexOf(':') ?? -1;
        return colon > 0 && Uri.CheckHostName(text![..colon]) is UriHostNameType.Dns or UriHostNameType.IPv4
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort
            ? new(text[..colon], port)
            : null;
    }

    private async Task<IPAddress[]> AddressesAsync(DnsEndPoint name)
    {
        try
        {
            using var patience = new CancellationTokenSource(LongestLookUp);
            var addresses = await lookUp(name.Host, patience.Token).ConfigureAwait(false);
            if (addresses.Length > 0)
                _known[name] = addresses;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ArgumentException)
        {
            LogNotFound(logger, name.Host, error.Message);
        }

        return _known.GetValueOrDefault(name, []);
    }

    [LoggerMessage(4, LogLevel.Warning, "The gateways' name {Name} cannot be looked up: {Reason}")]
    private static partial void LogNotFound(ILogger logger, string name, string reason);
}
