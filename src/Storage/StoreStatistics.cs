namespace KvOrleans.Storage;

/// <summary>Sums of a store at one moment. Bytes of blocks in the arena are whole pages, except <see cref="PayloadBytes"/>.</summary>
public readonly record struct StoreStatistics
{
    /// <summary>The arena: free, staged, retired and indexed.</summary>
    public required long ArenaBytes { get; init; }

    /// <summary>Pages that hold nothing.</summary>
    public required long FreeBytes { get; init; }

    /// <summary>Pages of staged blocks.</summary>
    public required long StagedBytes { get; init; }

    /// <summary>Pages of blocks that left the index and are still being read.</summary>
    public required long RetiredBytes { get; init; }

    /// <summary>Pages of blocks that could be evicted now.</summary>
    public required long EvictableBytes { get; init; }

    /// <summary>The lengths of all blocks in the index.</summary>
    public required long PayloadBytes { get; init; }

    /// <summary>Blocks in the index, with those expired and not yet swept.</summary>
    public required int Blocks { get; init; }

    /// <summary>Blocks with a time to live.</summary>
    public required int MortalBlocks { get; init; }

    /// <summary>Blocks held as copies.</summary>
    public required int CopyBlocks { get; init; }

    /// <summary>Pages of blocks held as copies.</summary>
    public required long CopyBytes { get; init; }

    /// <summary>Extra copies of hot blocks.</summary>
    public required int ExtraBlocks { get; init; }

    /// <summary>The room that they take.</summary>
    public required long ExtraBytes { get; init; }

    /// <summary>Blocks of overwritable keys.</summary>
    public required int Registers { get; init; }

    /// <summary>Blocks that name the one before them in their chain.</summary>
    public required int Children { get; init; }

    /// <summary>Those of them whose parent is gone from the cluster, as far as it was looked for.</summary>
    public required int Orphans { get; init; }

    /// <summary>First uses that were not kept for <see cref="BlockStore.TakeReused"/> since the start, because nobody took them.</summary>
    public required long DroppedReuses { get; init; }

    /// <summary>Evicted copies that were not kept for <see cref="BlockStore.TakeEvictedCopies"/> since the start, because nobody took them.</summary>
    public required long DroppedEvictedCopies { get; init; }

    /// <summary>Tombstones, with those past their time and not yet dropped.</summary>
    public required int Tombstones { get; init; }

    /// <summary>Tombstones dropped for want of room since the start.</summary>
    public required long DisplacedTombstones { get; init; }

    /// <summary>Blocks being read, with those retired.</summary>
    public required int PinnedBlocks { get; init; }

    /// <summary>Leases that have not ended.</summary>
    public required int Leases { get; init; }

    /// <summary>Leases granted since the start.</summary>
    public required long LeasesGranted { get; init; }

    /// <summary>Blocks that were there and not leased since the start, since that would have gone over a bound.</summary>
    public required long LeasesWithheld { get; init; }

    /// <summary>Pages of blocks that are leased; each counts once.</summary>
    public required long LeasedBytes { get; init; }

    /// <summary>Blocks evicted since the start.</summary>
    public required long Evictions { get; init; }

    /// <summary>Blocks found expired since the start.</summary>
    public required long Expirations { get; init; }

    /// <summary>Native memory of records, buckets, keys and their digest; the eviction policy's own memory is beside it.</summary>
    public required long IndexBytes { get; init; }

    /// <summary>Of <see cref="IndexBytes"/>, the digest.</summary>
    public required long DigestBytes { get; init; }

    /// <summary>How often the digest was built anew since the start.</summary>
    public required long DigestRebuilds { get; init; }

    /// <summary>How often that was since it did not have what it should. Always 0, or something is wrong.</summary>
    public required long DigestFaults { get; init; }

    /// <summary>All native memory beside the arena: the index, extents of split blocks, leases, pins, tombstones, reused blocks.</summary>
    public required long NativeBytesOutsideArena { get; init; }
}
