using System.Diagnostics;
using System.Runtime.CompilerServices;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Digests;
using KvOrleans.Storage.Eviction;
using KvOrleans.Storage.Expiry;
using KvOrleans.Storage.History;
using KvOrleans.Storage.Leases;

namespace KvOrleans.Storage.Index;

/// <summary>
/// Every transition of a block, and the sums that follow from them. Not thread-safe: the store's lock guards it.
/// </summary>
/// <remarks>
/// A block is evictable when it is indexed, not leased and not pinned; <see cref="EvictablePages"/> is the exact sum of these, so whether
/// eviction can make enough room is known before the first one. A leased record is withdrawn from the policy. A
/// pinned one only when the policy names it, since most pins end long before.
/// </remarks>
internal sealed unsafe partial class BlockCatalog : IDisposable
{
    /// <summary>Of a digest that is rebuilt so many keys are counted with each that comes: it is done when there is an eighth more.</summary>
    private const int DigestedPerInsert = 8;

    private readonly NativeHeap _heap;
    private readonly PageArena _arena;
    private readonly IEvictionPolicy _policy;
    private readonly NativeTable<BlockRecord> _records;
    private readonly BlockIndex _index;
    private readonly ReuseRing _reused;
    private readonly EvictedCopyRing _evicted;
    private readonly DepartureBook _departures;
    private int _everUsed;
    private int _freeNumbers;

    public BlockCatalog(NativeHeap heap, PageArena arena, IEvictionPolicy policy, ReuseRing reused, EvictedCopyRing evicted, DepartureBook departures, long hashSeed)
    {
        _heap = heap;
        _arena = arena;
        _policy = policy;
        _reused = reused;
        _evicted = evicted;
        _departures = departures;
        _records = new(heap);
        _index = new(heap, _records, hashSeed);
        Digest = new(heap, _records);
    }

    /// <summary>Has every key that is indexed.</summary>
    public IndexDigest Digest { get; }

    public int Blocks => _index.Count;

    /// <summary>Records in use: indexed and retired.</summary>
    public int Records { get; private set; }

    /// <summary>Record numbers run from 0 to below this.</summary>
    public int RecordLimit => _everUsed;

    public long Evictions { get; private set; }

    public long Expirations { get; private set; }

    /// <summary>Native bytes of records, buckets, keys, their digest, and of what is remembered of blocks that left.</summary>
    public long IndexBytes => _records.Bytes + _index.Bytes + KeyBytes + Digest.Bytes + _departures.Bytes;

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

    /// <summary>These keys will be looked up and used: fetches what is known of them into the processor's cache.</summary>
    public void Expect(ReadOnlySpan<ulong> hashes)
    {
        Span<int> numbers = stackalloc int[hashes.Length];
        _index.Fetch(hashes, numbers);
        foreach (var number in numbers)
        {
            if (number >= 0)
                _policy.Expected(number);
        }
    }

    /// <summary>These leases will be let go of.</summary>
    public void Expect(ReadOnlySpan<LeaseEntry> entries)
    {
        foreach (var entry in entries)
        {
            ProcessorCache.Fetch(ref _records[entry.Record]);
            _policy.Expected(entry.Record);
        }
    }

    /// <summary>Puts a slot in the index under a key that is not there.</summary>
    public void Insert(ReadOnlySpan<byte> key, ulong hash, in BlockContent content)
    {
        var digested = Digest.Expect(key);
        var number = TakeNumber();
        ref var record = ref _records[number];
        record = new()
        {
            KeyHash = hash,
            Key = (byte*)_heap.Allocate(key.Length + (content.Parent == 0 ? 0 : sizeof(UInt128))),
            KeyLength = (ushort)key.Length,
            Slot = content.Slot,
            Length = content.Length,
            Checksum = content.Checksum,
            Version = content.Version,
            ExpiresAt = content.ExpiresAt,
            Generation = record.Generation,
            State = RecordState.Indexed,
            Role = content.Role,
            Marks = (content.IsRegister ? RecordMarks.Register : 0) | (content.Parent == 0 ? 0 : RecordMarks.Child),
        };
        key.CopyTo(new(record.Key, key.Length));
        if (content.Parent != 0)
            Unsafe.WriteUnaligned(record.Key + key.Length, content.Parent);
        if (content.Role == BlockRole.Extra)
            record.Uses = ExtraPatience;
        _index.Add(number);
        _policy.Added(number, hash, record.Slot.Pages, record.Role);
        Digest.Add(number, digested);
        KeyBytes += record.KeyRoom;
        PayloadBytes += record.Length;
        CountEvictable(record, record.Slot.Pages);
        CountKinds(number, record, 1);
        GoOnWithDigest(DigestedPerInsert);
    }

    /// <inheritdoc cref="IndexDigest.GoOn"/>
    public bool GoOnWithDigest(int most) => Digest.GoOn(_index.Count, _everUsed, most);

    /// <summary>Takes a block out of the index, whatever is leased; its bytes go now or with the last reader.</summary>
    /// <param name="number">Its record.</param>
    /// <param name="why">What is remembered of it; null: nothing, since another takes its place or nobody will ask.</param>
    public void Retire(int number, DepartureReason? why)
    {
        ref var record = ref _records[number];
        Debug.Assert(record.State == RecordState.Indexed);
        var digested = Digest.Expect(record.KeyBytes);
        if (why is { } reason)
            _departures.Add(record.KeyHash, reason == DepartureReason.Evicted && IsMoved(record) ? DepartureReason.Moved : reason, record.Role);
        _index.Remove(number);
        _policy.Removed(number);
        Digest.Remove(number, digested);
        PayloadBytes -= record.Length;
        CountKinds(number, record, -1);
        if (record.Leases > 0)
            LeasedPages -= record.Slot.Pages;
        else if (record.Pins == 0)
            CountEvictable(record, -record.Slot.Pages);

        KeyBytes -= record.KeyRoom;
        if (why is not (DepartureReason.Evicted or DepartureReason.Cooled) || record is not { Role: not BlockRole.Last, Holders: > 0 } || !_evicted.TryAdd(record))
            _heap.Free(record.Key, record.KeyRoom);
        record.Key = null;
        record.KeyLength = 0;
        record.Marks = RecordMarks.None;
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
        Retire(number, DepartureReason.Expired);
        return true;
    }

    public void SetExpiry(int number, long expiresAt)
    {
        ref var record = ref _records[number];
        MortalBlocks += (expiresAt != MonotonicClock.Never ? 1 : 0) - (record.ExpiresAt != MonotonicClock.Never ? 1 : 0);
        record.ExpiresAt = expiresAt;
    }

    public void Touch(int number)
    {
        Adopt(number);
        _policy.Touched(number);
    }

    /// <summary>It was read or matched. The first time, and the first time after its copy was lost, a last copy that nobody else is known to hold has earned a copy.</summary>
    public void Use(int number)
    {
        ref var record = ref _records[number];
        // Extra copies are in the order in which they were kept.
        if (record.Role == BlockRole.Extra)
            return;
        Touch(number);

        var isFirst = record.Uses == 0;
        if (record.Uses != byte.MaxValue)
            record.Uses++;
        if ((!isFirst && record.Loss != CopyLoss.Lost) || !EarnsCopy(record))
            return;
        record.Loss = isFirst ? CopyLoss.None : CopyLoss.Asking;
        _reused.Add(number, record.Generation);
    }

    /// <summary>Changes who else is known to hold it. When that is nobody any more, its next use asks for a copy, and it counts as used: it had earned one.</summary>
    public void ChangeHolders(int number, ulong without, ulong with)
    {
        ref var record = ref _records[number];
        var before = record.Holders;
        record.Holders = (before & ~without) | with;
        if (before != 0 && record.Holders == 0)
            (record.Loss, record.Uses) = (CopyLoss.Lost, Math.Max((byte)1, record.Uses));
    }

    /// <summary>Whether a copy of it may be had and is not known to be.</summary>
    public static bool EarnsCopy(in BlockRecord record) => record is { Role: BlockRole.Last, IsRegister: false, Holders: 0 };

    public void SetRole(int number, BlockRole role)
    {
        ref var record = ref _records[number];
        if (record.Role == role)
            return;
        var isEvictable = record is { Leases: 0, Pins: 0 };
        var pages = record.Slot.Pages;
        if (isEvictable)
            CountEvictable(record, -pages);
        CountKinds(number, record, -1);
        var before = record.Role;
        if (before == BlockRole.Extra)
            record.Uses = 1;
        record.Role = role;
        record.Set(RecordMarks.HandedOver, before == BlockRole.Last && role == BlockRole.Copy);
        CountKinds(number, record, 1);
        if (isEvictable)
            CountEvictable(record, pages);
        Adopt(number);
        _policy.RoleChanged(number, role);
    }

    /// <summary>Evicts a block of a role, as the policy says; false when none is evictable.</summary>
    public bool TryEvict(BlockRole role)
    {
        if (!TryPick(role, out var number))
            return false;
        Evictions++;
        Retire(number, DepartureReason.Evicted);
        return true;
    }

    /// <summary>Whether the block of a role that would be evicted next was ever used, and still may be; false when none is evictable.</summary>
    public bool IsNextUsed(BlockRole role) => TryPick(role, out var number) && _records[number].Uses > 0 && !_records[number].Has(RecordMarks.Orphan);

    public void Pin(int number)
    {
        ref var record = ref _records[number];
        if (record.Pins++ > 0)
            return;
        PinnedBlocks++;
        if (record.Leases == 0)
            CountEvictable(record, -record.Slot.Pages);
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
            CountEvictable(record, record.Slot.Pages);
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
            CountEvictable(record, -record.Slot.Pages);
        Withdraw(number, ref record);
    }

    /// <summary>One lease less, of the content that <paramref name="generation"/> names; of any other it does nothing.</summary>
    public void LetGo(int number, uint generation)
    {
        ref var record = ref _records[number];
        if (record.Generation != generation || --record.Leases > 0)
            return;
        LeasedPages -= record.Slot.Pages;
        if (record.Pins == 0)
            CountEvictable(record, record.Slot.Pages);
        ReturnToPolicy(number, ref record);
    }

    /// <summary>Gives the tables back. Everything must have been retired and unpinned.</summary>
    public void Dispose()
    {
        Debug.Assert(Records == 0);
        Digest.Dispose();
        _index.Dispose();
        _records.Dispose();
    }

    private bool TryPick(BlockRole role, out int number)
    {
        while (_policy.TryPickVictim(role, out number))
        {
            ref var record = ref _records[number];
            if (record.Pins == 0)
                return true;
            Withdraw(number, ref record);
        }

        return false;
    }

    private void Withdraw(int number, ref BlockRecord record)
    {
        if (record.Has(RecordMarks.Withdrawn))
            return;
        record.Set(RecordMarks.Withdrawn, true);
        _policy.Withdrawn(number);
    }

    private void ReturnToPolicy(int number, ref BlockRecord record)
    {
        if (!record.Has(RecordMarks.Withdrawn))
            return;
        record.Set(RecordMarks.Withdrawn, false);
        _policy.Returned(number);
        if (record.Has(RecordMarks.Orphan))
            _policy.Demoted(number);
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
