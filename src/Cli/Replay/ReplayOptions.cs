using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Replay;

/// <summary>How a workload is replayed.</summary>
internal sealed record ReplayOptions
{
    /// <summary>Bytes of a block.</summary>
    public required int BlockBytes { get; init; }

    /// <summary>The model fingerprint of the replayed blocks' keys: another one makes them other blocks.</summary>
    public string Fingerprint { get; init; } = "replay";

    /// <summary>Blocks of one request that a node writes at a time. 1 keeps the order exact: last block to first.</summary>
    public int WritesInFlight { get; init; } = 1;

    /// <summary>When a write counts: when its owner has the block, or when a second silo has it too.</summary>
    public WriteConcern Concern { get; init; } = WriteConcern.Local;

    /// <summary>How much faster than recorded requests come; null to serve each as soon as a node is free.</summary>
    public double? Speedup { get; init; }

    /// <summary>No request begins later than this; null for no such end.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The lease that a match asks for.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The deadline of every call. Long, since a node reads its whole match in one.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Memory that a node reads a match into at once; what a match has beyond it is read block by block.</summary>
    public long NodeMemoryBytes { get; init; } = 256 << 20;
}
