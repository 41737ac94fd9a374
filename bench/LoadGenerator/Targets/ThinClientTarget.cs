using System.Net;
using KvOrleans.Client;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Targets;

/// <summary>Our data plane through the client library: every read is verified.</summary>
/// <param name="matches">Whether GETs read matched runs, as an inference node does; else one block a call.</param>
internal sealed class ThinClientTarget(bool matches) : IBenchTarget
{
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(30);

    public bool Overwrites => true;

    public async Task<IBenchConnection> ConnectAsync(RunningServer server, int longestPayload, CancellationToken cancellation)
    {
        var options = new PrefixCacheClientOptions { ConnectionsPerSilo = 1 };
        options.Gateways.Add(new(IPAddress.Loopback, server.GatewayPort ?? throw new InvalidOperationException("The server is not a silo.")));
        var client = PrefixCacheClient.Connect(options);
        await client.WaitUntilReadyAsync(ConnectDeadline, cancellation);
        return new ThinClientConnection(client, longestPayload, matches);
    }
}
