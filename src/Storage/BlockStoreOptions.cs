using KvOrleans.Storage.Arena;

namespace KvOrleans.Storage;

/// <summary>Bounds of a <see cref="BlockStore"/>.</summary>
public sealed record BlockStoreOptions
{
    private const long LargestMemoryBytes = ((long)int.MaxValue * PageArena.PageBytes) & -PageArena.RegionBytes;
    private const int LargestTombstones = 1 << 24;

    /// <summary>The arena, in bytes: 2 MiB to just below 8 TiB, rounded down to whole regions of 2 MiB. Reserved at once, committed as it is written.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The longest block, in bytes, 1 or more. Default 256 MiB. One longer than the arena never finds room.</summary>
    public int MaxBlockBytes { get; init; } = 256 << 20;

    /// <summary>
    /// The share of the arena that blocks on their way in may take together, above 0 to 1. Default 0.25. Room is made before the first byte
    /// comes, so this is what senders that promise much and send little can displace. A block that is alone on its way in may be larger.
    /// </summary>
    public double MaxStagedShare { get; init; } = 0.25;

    /// <summary>The longest lease; a longer one is shortened to it. Above zero; default 60 s.</summary>
    public TimeSpan MaxLease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The share of the arena that may be leased, 0 to 1. Default 0.5. What is leased cannot be evicted, so 1 lets readers stop all writes.</summary>
    public double MaxLeasedShare { get; init; } = 0.5;

    /// <summary>The share of the arena that one owner may lease, 0 to 1. Default 0.25. A block that it leased many times counts once.</summary>
    public double MaxLeasedSharePerOwner { get; init; } = 0.25;

    /// <summary>
    /// The most leased positions of chains, with repetitions: 1 or more, default 1,048,576, of which one owner gets
    /// <see cref="MaxLeasedSharePerOwner"/>. It bounds the memory of the leases themselves, 12 to 24 bytes a position beside some 50 a distinct block and some 300 a lease.
    /// </summary>
    public int MaxLeasedKeys { get; init; } = 1 << 20;

    /// <summary>
    /// The share of the arena that copies of other silos' blocks may take while last copies are pushed out for them, 0 to 1. Default 0.15. Beyond it
    /// a copy replaces copies or takes free pages, and copies are evicted first. 0: always so. Of the share a quarter is kept for copies; the rest yields to last copies that were used.
    /// </summary>
    public double CopiesShare { get; init; } = 0.15;

    /// <summary>The share of the arena that extra copies of hot blocks may take, 0 to 1. Default 0.02. Beyond it they are refused, but for one alone. 0: there are none.</summary>
    public double ExtraCopiesShare { get; init; } = 0.02;

    /// <summary>How long a tombstone is kept, above zero. Default 24 h. A silo that was away for longer must not trust the blocks it held.</summary>
    public TimeSpan TombstoneLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The most tombstones, 1 to 16,777,216; the oldest goes when there is one more. Default 1,048,576, which take at most 72 MiB.</summary>
    public int MaxTombstones { get; init; } = 1 << 20;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal void Validate()
    {
        Require(MemoryBytes is >= PageArena.RegionBytes and <= LargestMemoryBytes, nameof(MemoryBytes), MemoryBytes,
            $"{PageArena.RegionBytes} to {LargestMemoryBytes} bytes");
        Require(MaxBlockBytes > 0, nameof(MaxBlockBytes), MaxBlockBytes, "1 byte or more");
        Require(MaxStagedShare is > 0 and <= 1, nameof(MaxStagedShare), MaxStagedShare, "above 0 to 1");
        Require(MaxLease > TimeSpan.Zero, nameof(MaxLease), MaxLease, "a time above zero");
        Require(MaxLeasedShare is >= 0 and <= 1, nameof(MaxLeasedShare), MaxLeasedShare, "0 to 1");
        Require(MaxLeasedSharePerOwner is >= 0 and <= 1, nameof(MaxLeasedSharePerOwner), MaxLeasedSharePerOwner, "0 to 1");
        Require(MaxLeasedKeys > 0, nameof(MaxLeasedKeys), MaxLeasedKeys, "1 or more");
        Require(CopiesShare is >= 0 and <= 1, nameof(CopiesShare), CopiesShare, "0 to 1");
        Require(ExtraCopiesShare is >= 0 and <= 1, nameof(ExtraCopiesShare), ExtraCopiesShare, "0 to 1");
        Require(TombstoneLifetime > TimeSpan.Zero, nameof(TombstoneLifetime), TombstoneLifetime, "a time above zero");
        Require(MaxTombstones is > 0 and <= LargestTombstones, nameof(MaxTombstones), MaxTombstones, $"1 to {LargestTombstones}");
    }

    private static void Require<T>(bool holds, string option, T value, string accepted)
    {
        if (!holds)
            throw new ArgumentException(FormattableString.Invariant($"{option} is {value}; it must be {accepted}."), option);
    }
}
