using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;

namespace KvOrleans.Storage.Index;

/// <summary>What the store knows of one content of a block. Lives in a <see cref="NativeTable{T}"/>, out of the GC's sight.</summary>
internal unsafe struct BlockRecord
{
    public ulong KeyHash;
    public byte* Key;
    public Slot Slot;
    public BlockVersion Version;
    public BlockChecksum Checksum;

    /// <summary>On the monotonic clock; <see cref="Expiry.MonotonicClock.Never"/> without a time to live.</summary>
    public long ExpiresAt;

    public int Length;

    /// <summary>The next record of the same bucket, or the next free number; plus one, so that 0 ends the chain.</summary>
    public int Next;

    /// <summary>Open readers. The slot lives at least as long as there is one.</summary>
    public int Pins;

    public int Leases;

    /// <summary>Grows when the block leaves the index, so that a lease on what was here is told from one on what is.</summary>
    public uint Generation;

    public ushort KeyLength;
    public RecordState State;

    /// <summary>The eviction policy was told not to pick this record.</summary>
    public bool IsWithdrawn;

    public readonly ReadOnlySpan<byte> KeyBytes => new(Key, KeyLength);
}
