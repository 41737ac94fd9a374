namespace KvOrleans.Grains.Replication;

/// <summary>How many silos hold a write-once block, and what making it so may take.</summary>
public sealed record ReplicationSettings
{
    /// <summary>Holders of a block from its write on. Default 1.</summary>
    public int MinimumCopies { get; init; } = 1;

    /// <summary>Holders of a block from its first reuse on. Default 2.</summary>
    public int CopiesAfterReuse { get; init; } = 2;

    /// <summary>The most holders of a block; null: all silos.</summary>
    public int? MaximumCopies { get; init; }

    /// <summary>The bytes that this silo offers per second for repair, handoff and drain. Default 512 MiB.</summary>
    public long RepairBytesPerSecond { get; init; } = 512 << 20;

    /// <summary>How long a round takes at least that looks for blocks whose parent is gone. Default 10 s.</summary>
    public TimeSpan OrphanInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many holders a block should have, of <paramref name="silos"/> silos.</summary>
    internal int Wanted(bool isReused, int silos) =>
        Math.Min(Math.Min(isReused ? Math.Max(MinimumCopies, CopiesAfterReuse) : MinimumCopies, MaximumCopies ?? silos), silos);
}
