using KvOrleans.Grains.Blocks;
using KvOrleans.Grains.Heat;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Replication;
using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.DataPlane.Decisions;
using KvOrleans.Silo.DataPlane.Fills;
using KvOrleans.Silo.DataPlane.Metrics;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.Draining;
using KvOrleans.Silo.Watching;
using KvOrleans.Storage;

namespace KvOrleans.Silo.DataPlane;

/// <summary>What every session works with.</summary>
internal sealed record DataPlaneServices(
    BlockStore Store,
    BlockDecider Decider,
    KeyRouter Router,
    ReadRouter Reads,
    NumberRouter Numbers,
    WriteRouter Writes,
    HandoffReader Handoffs,
    DigestReader Digests,
    KeyExplainer Explainer,
    FillBook Fills,
    IHeatBook Heat,
    HeatCounters HeatCounters,
    PeerCounters Peers,
    IReplicationStatusSource Replication,
    DrainControl Drain,
    IClusterMapSource Map,
    AwakeGrains Awake,
    DataPlaneCounters Counters,
    CommandMetrics Commands,
    KvOrleansOptions Options,
    TimeProvider Time);
