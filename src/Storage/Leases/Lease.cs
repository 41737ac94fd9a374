namespace KvOrleans.Storage.Leases;

/// <summary>What one match promised. Its entries are native memory, owned by the <see cref="LeaseBook"/>.</summary>
internal sealed unsafe class Lease(long id, LeaseOwner owner, long endsAt, long endsLatestAt)
{
    public long Id { get; } = id;

    public LeaseOwner Owner { get; } = owner;

    /// <summary>Only the <see cref="LeaseHeap"/> changes it, where its place depends on it.</summary>
    public long EndsAt { get; set; } = endsAt;

    /// <summary>It is not extended beyond this.</summary>
    public long EndsLatestAt { get; } = endsLatestAt;

    /// <summary>The leased positions, in ascending order.</summary>
    public LeaseEntry* Entries { get; set; }

    public int Capacity { get; set; }

    /// <summary>How many positions are leased.</summary>
    public int Held { get; set; }

    public bool HasEnded { get; set; }

    /// <summary>Where it is in the <see cref="LeaseHeap"/>.</summary>
    public int HeapIndex { get; set; }

    public Lease? NextOfOwner { get; set; }

    public Lease? PreviousOfOwner { get; set; }

    /// <summary>Whether a position from <paramref name="from"/> on is leased.</summary>
    public bool Reaches(int from) => Held > 0 && Entries[Held - 1].Position >= from;
}
