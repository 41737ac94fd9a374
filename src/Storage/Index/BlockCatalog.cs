using System.Diagnostics;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Eviction;
using KvOrleans.Storage.Expiry;

namespace KvOrleans.Storage.Index;

/// <summary>
/// Every transition of a block, and the sums that follow from them. Not thread-safe: the store's lock guards it.
/// </summary>
/// <remarks>
/// A block is evictable when it is indexed, not leased and not pinned; <see cref="EvictablePages"/> is the exact sum of these, so whether
/// eviction can make enough room is known before the first one. A leased record is withdrawn from the policy. A
/// pinned one only when the policy names it, since most pins end long before.
/// </remarks>
internal sealed unsafe class BlockCatalog : IDisposable
{
    private readonly NativeHeap _heap;
    private readonly PageArena _arena;
    private readonly IEvictionPolicy _policy;
    private readonly NativeTable<BlockRecord> _records;
    private readonly BlockIndex _index;
    private int _everUsed;
    private int _freeNumbers;

    public BlockCatalog(NativeHeap heap, PageArena arena, IEvictionPolicy policy, long hashSeed)
    {
        _heap = heap;
        _arena = arena;
        _policy = policy;
        _records = new(heap);
        _index = new(heap, _records, hashSeed);
    }

    public int Blocks => _index.Count;

    /// <summary>Records in use: indexed and retired.</summary>
    public int Records { get; private set; }

    /// <summary>Record numbers run from 0 to below this.</summary>
    public int RecordLimit => _everUsed;

    public long PayloadBytes { get; private set; }

    public long EvictablePages { get; private set; }

    public long LeasedPages { get; private set; }

    /// <summary>Pages of blocks that left the index while someone reads them.</summary>
    public long RetiredPages { get; private set; }

    public int PinnedBlocks { get; private set; }

    /// <summary>Blocks with a time to live.</summary>
    public int MortalBlocks { get; private set; }

    public long Evictions { get; private set; }

    public long Expirations { get; private set; }

    /// <summary>Native bytes of records, buckets and keys.</summary>
    public long IndexBytes => _records.Bytes + _index.Bytes + KeyBytes;

    private long KeyBytes { get; set; }

    public ref BlockRecord this[int number] => ref _records[number];

    /// <summary>Needs no lock.</summary>
    public ulong Hash(ReadOnlySpan<byte> key) => _index.Hash(key);

    /// <summary>The record of <paramref name="key"/>, or -1. A block met expired is dropped.</summary>
    public int FindLive(ReadOnlySpan<byte> key, ulong hash, long now)
    {
        var number = _index.Find(key, hash);
        return number >= 0 && DropIfExpired(number, now) ? -1 : number;
    }

    /// <summary>Puts a slot in the index under a key that is not there.</summary>
    public void Insert(ReadOnlySpan<byte> key, ulong hash, in BlockContent content)
    {
        var number = TakeNumber();
        ref var record = ref _records[number];
        record = new()
        {
            KeyHash = hash,
            Key = (byte*)_heap.Allocate(key.Length),
            KeyLength = (ushort)key.Length,
            Slot = content.Slot,
            Length = content.Length,
            Checksum = content.Checksum,
            Version = content.Version,
            ExpiresAt = content.ExpiresAt,
            Generation = record.Generation,
            State = RecordState.Indexed,
        };
        key.CopyTo(new(record.Key, key.Length));
        _index.Add(number);
        _policy.Added(number, hash, record.Slot.Pages);
        KeyBytes += key.Length;
        PayloadBytes += record.Length;
        EvictablePages += record.Slot.Pages;
        if (record.ExpiresAt != MonotonicClock.Never)
            MortalBlocks++;
    }

    /// <summary>Takes a block out of the index, whatever is leased; its bytes go now or with the last reader.</summary>
    public void Retire(int number)
    {
        ref var record = ref _records[number];
        Debug.Assert(record.State == RecordState.Indexed);
        _index.Remove(number);
        _policy.Removed(number);
        PayloadBytes -= record.Length;
        if (record.ExpiresAt != MonotonicClock.Never)
            MortalBlocks--;
        if (record.Leases > 0)
            LeasedPages -= record.Slot.Pages;
        else if (record.Pins == 0)
            EvictablePages -= record.Slot.Pages;

        KeyBytes -= record.KeyLength;
        _heap.Free(record.Key, record.KeyLength);
        record.Key = null;
        record.KeyLength = 0;
        record.Leases = 0;
        record.Generation++;
        record.State = RecordState.Retired;
        if (record.Pins == 0)
            Free(number);
        else
            RetiredPages += record.Slot.Pages;
    }

    public bool DropIfExpired(int number, long now)
    {
        ref var record = ref _records[number];
        if (record.State != RecordState.Indexed || record.ExpiresAt > now || record.ExpiresAt == MonotonicClock.Never)
            return false;
        Expirations++;
        Retire(number);
        return true;
    }

    public void SetExpiry(int number, long expiresAt)
    {
        ref var record = ref _records[number];
        MortalBlocks += (expiresAt != MonotonicClock.Never ? 1 : 0) - (record.ExpiresAt != MonotonicClock.Never ? 1 : 0);
        record.ExpiresAt = expiresAt;
    }

    public void Touch(int number) => _policy.Touched(number);

    /// <summary>Evicts the policy's victim; false when nothing is evictable.</summary>
    public bool TryEvict()
    {
        while (_policy.TryPickVictim(out var number))
        {
            ref var record = ref _records[number];
            if (record.Pins == 0)
            {
                Evictions++;
                Retire(number);
                return true;
            }

            record.IsWithdrawn = true;
            _policy.Withdrawn(number);
        }

        return false;
    }

    public void Pin(int number)
    {
        ref var record = ref _records[number];
        if (record.Pins++ > 0)
            return;
        PinnedBlocks++;
        if (record.Leases == 0)
            EvictablePages -= record.Slot.Pages;
    }

    public void Unpin(int number)
    {
        ref var record = ref _records[number];
        if (--record.Pins > 0)
            return;
        PinnedBlocks--;
        if (record.State == RecordState.Retired)
        {
            RetiredPages -= record.Slot.Pages;
            Free(number);
        }
        else if (record.Leases == 0)
        {
            EvictablePages += record.Slot.Pages;
            ReturnToPolicy(number, ref record);
        }
    }

    /// <summary>One lease more.</summary>
    public void Hold(int number)
    {
        ref var record = ref _records[number];
        if (record.Leases++ > 0)
            return;
        LeasedPages += record.Slot.Pages;
        if (record.Pins == 0)
            EvictablePages -= record.Slot.Pages;
        if (!record.IsWithdrawn)
        {
            record.IsWithdrawn = true;
            _policy.Withdrawn(number);
        }
    }

    /// <summary>One lease less, of the content that <paramref name="generation"/> names; of any other it does nothing.</summary>
    public void LetGo(int number, uint generation)
    {
        ref var record = ref _records[number];
        if (record.Generation != generation || --record.Leases > 0)
            return;
        LeasedPages -= record.Slot.Pages;
        if (record.Pins == 0)
            EvictablePages += record.Slot.Pages;
        ReturnToPolicy(number, ref record);
    }

    /// <summary>Gives the tables back. Everything must have been retired and unpinned.</summary>
    public void Dispose()
    {
        Debug.Assert(Records == 0);
        _index.Dispose();
        _records.Dispose();
    }

    private void ReturnToPolicy(int number, ref BlockRecord record)
    {
        if (!record.IsWithdrawn)
            return;
        record.IsWithdrawn = false;
        _policy.Returned(number);
    }

    private int TakeNumber()
    {
        Records++;
        if (_freeNumbers == 0)
        {
            _records.EnsureCapacity(_everUsed + 1);
            return _everUsed++;
        }

        var number = _freeNumbers - 1;
        _freeNumbers = _records[number].Next;
        return number;
    }

    private void Free(int number)
    {
        ref var record = ref _records[number];
        _arena.Free(record.Slot);
        record.Slot = default;
        record.State = RecordState.Free;
        record.Next = _freeNumbers;
        _freeNumbers = number + 1;
        Records--;
    }
}
