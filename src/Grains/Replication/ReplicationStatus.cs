namespace KvOrleans.Grains.Replication;

/// <summary>What replication is doing at one moment.</summary>
public readonly record struct ReplicationStatus
{
    /// <summary>Blocks held as copies.</summary>
    public required int CopyBlocks { get; init; }

    /// <summary>Their bytes, in whole pages.</summary>
    public required long CopyBytes { get; init; }

    /// <summary>Blocks that another silo holds because this one offered them, since the start.</summary>
    public required long CopiesMade { get; init; }

    /// <summary>Their bytes.</summary>
    public required long CopiesMadeBytes { get; init; }

    /// <summary>Bytes that this silo pulled because others offered them, since the start.</summary>
    public required long TakenBytes { get; init; }

    /// <summary>Blocks that wait to be offered, or for an answer.</summary>
    public required int RepairPendingBlocks { get; init; }

    /// <summary>Their bytes.</summary>
    public required long RepairPendingBytes { get; init; }

    /// <summary>Bytes of repair, handoff and drain since the start.</summary>
    public required long RepairBytesTotal { get; init; }

    /// <summary>Batches under way.</summary>
    public required int OffersUnderWay { get; init; }

    /// <summary>Silos whose handoff to this one is not done.</summary>
    public required int HandoffPending { get; init; }

    /// <summary>Blocks whose parent is gone from the cluster, as far as that is known.</summary>
    public required int Orphans { get; init; }

    /// <summary>How often the parents of all blocks were looked for, since the start.</summary>
    public required long ParentRounds { get; init; }

    /// <summary>The drain.</summary>
    public required DrainState Drain { get; init; }

    /// <summary>Whether write-once blocks held from before may be served.</summary>
    public required bool MayServe { get; init; }

    /// <summary>Tombstones kept.</summary>
    public required int Tombstones { get; init; }
}
