namespace KvOrleans.Grains.Replication;

/// <summary>What a <see cref="Sweep"/> works with.</summary>
internal sealed record SweepServices(HolderBits Holders, Offers Offers, CopyMaker Copies, ReplicationSettings Settings);
