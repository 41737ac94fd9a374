using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.Tombstones;

/// <summary>A tombstone in native memory: 64 bytes.</summary>
internal struct TombstoneEntry
{
    // Two halves, since a UInt128 would be aligned to 16 bytes.
    public ulong KeyUpper;
    public ulong KeyLower;

    /// <summary>None while the entry is free.</summary>
    public BlockVersion Version;

    /// <summary>When it was last told of, on the monotonic clock.</summary>
    public long ToldAt;

    /// <summary>The next of the same bucket, or the next free entry; plus one, so that 0 ends the chain.</summary>
    public int Next;

    /// <summary>Where it is in <see cref="TombstoneAges"/>.</summary>
    public int Place;

    public KeyId Key
    {
        readonly get => new(new UInt128(KeyUpper, KeyLower));
        set => (KeyUpper, KeyLower) = ((ulong)(value.Value >> 64), (ulong)value.Value);
    }
}
