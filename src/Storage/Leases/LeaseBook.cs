using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Index;

namespace KvOrleans.Storage.Leases;

/// <summary>All leases, within their bounds. Not thread-safe: the store's lock guards it.</summary>
internal sealed unsafe class LeaseBook(NativeHeap heap, BlockCatalog catalog, LeaseBounds bounds)
{
    private const int PooledOwners = 64;
    private const int FirstCapacity = 8;

    private readonly Dictionary<long, Lease> _leases = [];
    private readonly Dictionary<long, LeaseOwner> _owners = [];
    private readonly Stack<LeaseOwner> _spareOwners = new(PooledOwners);
    private readonly LeaseHeap _ends = new();
    private long _lastId;
    private int _held;

    public int Count => _leases.Count;

    /// <inheritdoc cref="LeaseHeap.NextEnd"/>
    public long NextEnd => _ends.NextEnd;

    /// <summary>Starts a lease. It must get an entry or be ended.</summary>
    public Lease Begin(long owner, long endsAt, long endsLatestAt)
    {
        if (!_owners.TryGetValue(owner, out var leaseOwner))
        {
            leaseOwner = _spareOwners.TryPop(out var spare) ? spare : new();
            leaseOwner.Id = owner;
            _owners.Add(owner, leaseOwner);
        }

        var lease = new Lease(++_lastId, leaseOwner, endsAt, endsLatestAt)
        {
            Capacity = FirstCapacity,
            Entries = (LeaseEntry*)heap.Allocate(FirstCapacity * sizeof(LeaseEntry)),
        };
        leaseOwner.Add(lease);
        _leases.Add(lease.Id, lease);
        _ends.Add(lease);
        return lease;
    }

    /// <summary>Puts a lease's end off; to an earlier moment it does nothing.</summary>
    public void Extend(Lease lease, long endsAt)
    {
        if (endsAt > lease.EndsAt)
            _ends.Delay(lease, endsAt);
    }

    /// <summary>Leases a record at a position after all others; false when that would go over a bound.</summary>
    public bool TryHold(Lease lease, int position, int number)
    {
        ref var record = ref catalog[number];
        var owner = lease.Owner;
        var entry = new LeaseEntry(position, number, record.Generation);
        var pages = record.Slot.Pages;
        if ((record.Leases == 0 && catalog.LeasedPages + pages > bounds.Pages)
            || _held == bounds.Positions || owner.Held == bounds.PositionsPerOwner
            || !owner.TryHold(entry.Content, pages, bounds.PagesPerOwner))
        {
            return false;
        }

        if (lease.Held == lease.Capacity)
            Grow(lease);
        lease.Entries[lease.Held++] = entry;
        _held++;
        catalog.Hold(number);
        return true;
    }

    /// <summary>The lease, if it is that owner's.</summary>
    public Lease? Find(long owner, long id) =>
        _leases.TryGetValue(id, out var lease) && lease.Owner.Id == owner ? lease : null;

    public Lease? FirstOf(long owner) => _owners.TryGetValue(owner, out var leaseOwner) ? leaseOwner.First : null;

    /// <summary>
    /// Releases the positions from <paramref name="from"/> on, the last first, and ends a lease that holds nothing more.
    /// </summary>
    /// <param name="lease">A lease that has not ended.</param>
    /// <param name="from">The first position to release.</param>
    /// <param name="budget">How many positions to release now; reduced by those that were.</param>
    /// <returns>How many positions were released.</returns>
    public int Release(Lease lease, int from, ref int budget)
    {
        var soon = Math.Min(lease.Held, budget);
        catalog.Expect(new ReadOnlySpan<LeaseEntry>(lease.Entries + lease.Held - soon, soon));
        var released = 0;
        for (; lease.Reaches(from) && budget > 0; budget--)
        {
            var entry = lease.Entries[--lease.Held];
            lease.Owner.LetGo(entry.Content);
            catalog.LetGo(entry.Record, entry.Generation);
            released++;
        }

        _held -= released;
        if (lease.Held == 0)
            End(lease);
        return released;
    }

    /// <summary>Ends leases whose time has come, as far as the budget goes.</summary>
    public void EndDue(long now, ref int budget)
    {
        while (_ends.Count > 0 && _ends.NextEnd <= now && budget > 0)
            Release(_ends.First, 0, ref budget);
    }

    /// <summary>By what is held, not by what was asked for: so the bound of positions bounds the memory too.</summary>
    private void Grow(Lease lease)
    {
        var larger = (LeaseEntry*)heap.Allocate(lease.Capacity * 2 * sizeof(LeaseEntry));
        new ReadOnlySpan<LeaseEntry>(lease.Entries, lease.Held).CopyTo(new(larger, lease.Held));
        heap.Free(lease.Entries, lease.Capacity * sizeof(LeaseEntry));
        lease.Entries = larger;
        lease.Capacity *= 2;
    }

    private void End(Lease lease)
    {
        lease.HasEnded = true;
        _leases.Remove(lease.Id);
        _ends.Remove(lease);
        heap.Free(lease.Entries, lease.Capacity * sizeof(LeaseEntry));
        lease.Entries = null;

        var owner = lease.Owner;
        owner.Remove(lease);
        if (owner.First is not null)
            return;
        _owners.Remove(owner.Id);
        if (_spareOwners.Count < PooledOwners)
            _spareOwners.Push(owner);
    }
}
