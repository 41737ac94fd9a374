using System.Net;
using KvOrleans.Client;

namespace KvOrleans.Cli.Connections;

/// <summary>Makes clients of a cluster.</summary>
internal interface ICacheConnector
{
    /// <summary>A client that learns the cluster from <paramref name="gateways"/>; it has not reached any of them yet.</summary>
    IPrefixCache Connect(IReadOnlyList<IPEndPoint> gateways, int connectionsPerSilo);
}
