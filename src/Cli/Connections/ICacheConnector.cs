using System.Net;
using KvOrleans.Client;

namespace KvOrleans.Cli.Connections;

/// <summary>Makes clients of a cluster.</summary>
internal interface ICacheConnector
{
    /// <summary>A client that learns the cluster from <paramref name="gateways"/>; it has not reached any of them yet.</summary>
    /// <param name="gateways">Where Orleans clients connect; none: the default.</param>
    /// <param name="connectionsPerSilo">Connections to each silo.</param>
    /// <param name="clusterId">The cluster's name, without which its gateways refuse it; null: the default.</param>
    /// <param name="digests">Whether it keeps the silos' digests.</param>
    IPrefixCache Connect(IReadOnlyList<IPEndPoint> gateways, int connectionsPerSilo, string? clusterId = null, bool digests = true);
}
