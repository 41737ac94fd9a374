using System.Net;
using KvOrleans.Client;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Targets;

/// <summary>Our data plane through the client library, as an inference node uses it: every read is verified.</summary>
internal sealed class ThinClientTarget : IBenchTarget
{
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(30);

    public bool Overwrites => true;

    public async Task<IBenchConnection> ConnectAsync(RunningServer server, int longestPayload, CancellationToken cancellation)
    {
        var options = new PrefixCacheClientOptions { ConnectionsPerSilo = 1 };
        options.Gateways.Add(new(IPAddress.Loopback, server.GatewayPort ?? throw new InvalidOperationException("The server is not a silo.")));
        var client = PrefixCacheClient.Connect(options);
        await client.WaitUntilReadyAsync(ConnectDeadline, cancellation);
        return new ThinClientConnection(client, longestPayload);
    }
}
