using KvOrleans.LoadGenerator.Protocols;
using KvOrleans.LoadGenerator.Servers;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Targets;

/// <summary>Memcached's own protocol, its meta commands.</summary>
internal sealed class MemcachedTarget(TransportKind transport) : IBenchTarget
{
    public bool Overwrites => true;

    public async Task<IBenchConnection> ConnectAsync(RunningServer server, int longestPayload, CancellationToken cancellation) =>
        new MemcachedConnection(await Transports.ConnectAsync(transport, server.Port, cancellation), longestPayload);
}
