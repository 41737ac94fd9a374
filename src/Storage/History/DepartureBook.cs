using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Expiry;

namespace KvOrleans.Storage.History;

/// <summary>The last blocks that left the index, with when and why: a ring, and hash chains through it, newest first. Not thread-safe: the store's lock guards it.</summary>
/// <remarks>
/// 20 bytes a departure, from the first one on. An entry that is overwritten is not taken out of its chain: what led to it leads to one that is newer than where it comes from, or of another
/// bucket, and there a chain ends. Of a key only the newest entry is in a chain, so one that leaves again and again makes none long. Keys are told apart by the index's own hash, 64 bits whose seed
/// nobody outside knows: so it is there already, nobody can aim at a chain, and one answer in a few billions is another key's.
/// </remarks>
internal sealed unsafe class DepartureBook(NativeHeap heap, MonotonicClock clock) : IDisposable
{
    /// <summary>Departures that are remembered.</summary>
    public const int Capacity = 1 << 18;

    private const uint Mask = Capacity - 1;

    /// <summary>A chain is as long as keys share a bucket, one or two; this is for what cannot happen.</summary>
    private const int LongestChain = 64;

    private const int Roles = (int)BlockRole.Extra + 1;
    private const int LinkBits = 19;
    private const int ReasonBits = 4;

    private readonly long _began = clock.Now;
    private Entry* _entries;
    private uint* _buckets;
    private long _added;
    private readonly long[] _counts = new long[Enum.GetValues<DepartureReason>().Length * Roles];

    public long Bytes => _entries is null ? 0 : EntryBytes + BucketBytes;

    /// <summary>How far back every departure is remembered, to the second.</summary>
    public TimeSpan Remembers => TimeSpan.FromSeconds(Seconds - (_added > Capacity ? _entries[_added & Mask].At : 0));

    private static int EntryBytes => Capacity * sizeof(Entry);

    private static int BucketBytes => Capacity * sizeof(uint);

    private static int Place(DepartureReason reason, BlockRole role) => ((int)reason * Roles) + (int)role;

    private uint Seconds => (uint)clock.Seconds(_began, clock.Now);

    /// <summary>How many left so since the start. May be asked without the lock.</summary>
    public long CountOf(DepartureReason reason, BlockRole role) => Volatile.Read(ref _counts[Place(reason, role)]);

    public void Add(ulong hash, DepartureReason reason, BlockRole role)
    {
        _counts[Place(reason, role)]++;
        if (_entries is null)
        {
            _entries = (Entry*)heap.AllocateZeroed(EntryBytes);
            _buckets = (uint*)heap.AllocateZeroed(BucketBytes);
        }

        Unlink(hash);
        var place = (uint)_added & Mask;
        ref var bucket = ref _buckets[hash & Mask];
        _entries[place] = new() { Hash = hash, At = Seconds, Next = IsOf(hash, bucket) ? bucket : 0, Reason = reason, Role = role };
        bucket = place + 1;
        _added++;
    }

    /// <summary>How the block of this hash left last; false when that is not remembered.</summary>
    public bool TryFind(ulong hash, out Departure departure)
    {
        departure = default;
        if (_entries is null)
            return false;
        var place = Find(hash, out _) - 1;
        if (place < 0)
            return false;
        ref var entry = ref _entries[place];
        departure = new(entry.Reason, entry.Role, TimeSpan.FromSeconds(Seconds - entry.At));
        return true;
    }

    public void Dispose()
    {
        if (_entries is null)
            return;
        heap.Free(_entries, EntryBytes);
        heap.Free(_buckets, BucketBytes);
        _entries = null;
        _buckets = null;
    }

    /// <summary>Takes the entry of a hash out of its chain; it stays in the ring.</summary>
    private void Unlink(ulong hash)
    {
        var found = Find(hash, out var before);
        if (found == 0)
            return;
        var next = _entries[found - 1].Next;
        if (before == 0)
            _buckets[hash & Mask] = next;
        else
            _entries[before - 1].Next = next;
    }

    /// <summary>The place of a hash's entry, and of the one before it in the chain, plus one each; 0: none.</summary>
    private long Find(ulong hash, out long before)
    {
        before = 0;
        var youngest = -1L;
        long link = _buckets[hash & Mask];
        for (var steps = 0; link != 0 && steps < LongestChain; steps++)
        {
            ref var entry = ref _entries[link - 1];
            var age = (_added - link) & Mask;
            if (age <= youngest || !IsOf(hash, (uint)link))
                return 0;
            if (entry.Hash == hash)
                return link;
            (before, youngest, link) = (link, age, entry.Next);
        }

        return 0;
    }

    private bool IsOf(ulong hash, uint link) => link != 0 && ((_entries[link - 1].Hash ^ hash) & Mask) == 0;

    private struct Entry
    {
        public ulong Hash;

        /// <summary>Seconds since the book began.</summary>
        public uint At;

        private uint _rest;

        /// <summary>The place of the next older entry of the bucket, plus one; 0: none.</summary>
        public uint Next
        {
            readonly get => _rest & ((1 << LinkBits) - 1);
            set => _rest = (_rest & ~((1u << LinkBits) - 1)) | value;
        }

        public DepartureReason Reason
        {
            readonly get => (DepartureReason)((_rest >> LinkBits) & ((1 << ReasonBits) - 1));
            set => _rest |= (uint)value << LinkBits;
        }

        public BlockRole Role
        {
            readonly get => (BlockRole)(_rest >> (LinkBits + ReasonBits));
            set => _rest |= (uint)value << (LinkBits + ReasonBits);
        }
    }
}
