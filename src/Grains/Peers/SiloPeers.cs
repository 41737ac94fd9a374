using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Membership;
using Orleans.Runtime.Services;

namespace KvOrleans.Grains.Peers;

/// <summary>Addresses the one service of each silo.</summary>
internal sealed class SiloPeers(IServiceProvider services, IClusterMapSource map) : GrainServiceClient<ISiloPeer>(services), ISiloPeers
{
    public ISiloPeer? Of(SiloLife life) => map.AddressOf(life) is { } address ? GetGrainService(address) : null;
}
