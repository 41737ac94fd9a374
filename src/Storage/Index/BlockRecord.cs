using System.Runtime.CompilerServices;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Copies;

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

    /// <summary>Who else is known to hold this content: a bit each. What a bit stands for is the caller's matter.</summary>
    public ulong Holders;

    public int Length;

    /// <summary>The next record of the same bucket, or the next free number; plus one, so that 0 ends the chain.</summary>
    public int Next;

    /// <summary>Open readers. The slot lives at least as long as there is one.</summary>
    public int Pins;

    public int Leases;

    /// <summary>Grows when the block leaves the index, so that a lease on what was here is told from one on what is.</summary>
    public uint Generation;

    /// <summary>The last sweep that visited it.</summary>
    public uint Sweep;

    public ushort KeyLength;
    public RecordState State;
    public RecordMarks Marks;
    public BlockRole Role;

    /// <summary>How often it was read or matched; stays at 255.</summary>
    public byte Uses;

    public CopyLoss Loss;

    public readonly ReadOnlySpan<byte> KeyBytes => new(Key, KeyLength);

    /// <summary>What is allocated at <see cref="Key"/>: behind the key lies the parent, where it names one.</summary>
    public readonly int KeyRoom => KeyLength + (Has(RecordMarks.Child) ? sizeof(UInt128) : 0);

    /// <summary>The hash of its parent's key; 0: it names none.</summary>
    public readonly UInt128 Parent => Has(RecordMarks.Child) ? Unsafe.ReadUnaligned<UInt128>(Key + KeyLength) : 0;

    public readonly bool IsRegister => Has(RecordMarks.Register);

    public readonly bool Has(RecordMarks mark) => (Marks & mark) != 0;

    public void Set(RecordMarks mark, bool isSet) => Marks = isSet ? Marks | mark : Marks & ~mark;
}
