using System.Net;
using KvOrleans.Cli.Connections;
using KvOrleans.Client;

namespace KvOrleans.Cli.Tests.Fakes;

/// <summary>Every client is the same fake cache.</summary>
internal sealed class FakeConnector(IPrefixCache cache) : ICacheConnector
{
    public List<IReadOnlyList<IPEndPoint>> Connections { get; } = [];

    /// <summary>Whether the last one keeps digests.</summary>
    public bool HasDigests { get; private set; }

    public IPrefixCache Connect(IReadOnlyList<IPEndPoint> gateways, int connectionsPerSilo, string? clusterId = null, bool digests = true)
    {
        Connections.Add(gateways);
        HasDigests = digests;
        return cache;
    }
}
