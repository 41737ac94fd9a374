using KvOrleans.Grains.Blocks;
using KvOrleans.Grains.Membership;
using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.DataPlane.Decisions;
using KvOrleans.Storage;

namespace KvOrleans.Silo.DataPlane;

/// <summary>What every session works with.</summary>
internal sealed record DataPlaneServices(
    BlockStore Store,
    BlockDecider Decider,
    IClusterMapSource Map,
    AwakeGrains Awake,
    DataPlaneCounters Counters,
    KvOrleansOptions Options,
    TimeProvider Time);
