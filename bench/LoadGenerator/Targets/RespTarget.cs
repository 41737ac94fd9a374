using KvOrleans.LoadGenerator.Protocols;
using KvOrleans.LoadGenerator.Servers;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Targets;

/// <summary>GET and SET over RESP2.</summary>
internal sealed class RespTarget(TransportKind transport) : IBenchTarget
{
    public bool Overwrites => true;

    public async Task<IBenchConnection> ConnectAsync(RunningServer server, int longestPayload, CancellationToken cancellation) =>
        new RespConnection(await Transports.ConnectAsync(transport, server.Port, cancellation), longestPayload);
}
