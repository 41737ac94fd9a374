using System.Net;
using KvOrleans.Cli.Connections;
using KvOrleans.Client;

namespace KvOrleans.Cli.Tests.Fakes;

/// <summary>Every client is the same fake cache.</summary>
internal sealed class FakeConnector(IPrefixCache cache) : ICacheConnector
{
    public List<IReadOnlyList<IPEndPoint>> Connections { get; } = [];

    public IPrefixCache Connect(IReadOnlyList<IPEndPoint> gateways, int connectionsPerSilo, string? clusterId = null)
    {
        Connections.Add(gateways);
        return cache;
    }
}
