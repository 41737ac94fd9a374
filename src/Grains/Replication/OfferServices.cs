using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Storage;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Grains.Replication;

/// <summary>What every <see cref="OfferSender"/> needs.</summary>
internal sealed record OfferServices(
    BlockStore Store, IClusterMapSource Map, ISiloPeers Peers, HolderBits Holders, ByteBudget Budget, ReplicationCounters Counters, TimeProvider Time, ILogger<OfferSender> Logger);
