using KvOrleans.Storage.Expiry;

namespace KvOrleans.Storage.Leases;

/// <summary>Leases by their end: a binary heap in which a lease knows its place, so that one released early leaves nothing behind.</summary>
internal sealed class LeaseHeap
{
    private readonly List<Lease> _leases = [];
    private long _nextEnd = MonotonicClock.Never;

    public int Count => _leases.Count;

    /// <summary>When the next lease ends. Without the lock it may be stale, never torn.</summary>
    public long NextEnd => Volatile.Read(ref _nextEnd);

    public Lease First => _leases[0];

    public void Add(Lease lease)
    {
        _leases.Add(lease);
        RiseFrom(_leases.Count - 1, lease);
        PublishNextEnd();
    }

    public void Remove(Lease lease)
    {
        var last = _leases[^1];
        _leases.RemoveAt(_leases.Count - 1);
        if (last != lease)
        {
            if (last.EndsAt < lease.EndsAt)
                RiseFrom(lease.HeapIndex, last);
            else
                SinkFrom(lease.HeapIndex, last);
        }

        PublishNextEnd();
    }

    /// <summary>A lease ends later than it would have.</summary>
    public void Delay(Lease lease, long endsAt)
    {
        lease.EndsAt = endsAt;
        SinkFrom(lease.HeapIndex, lease);
        PublishNextEnd();
    }

    private void PublishNextEnd() =>
        Volatile.Write(ref _nextEnd, _leases.Count > 0 ? _leases[0].EndsAt : MonotonicClock.Never);

    private void RiseFrom(int index, Lease lease)
    {
        while (index > 0 && _leases[(index - 1) / 2].EndsAt > lease.EndsAt)
        {
            Place(index, _leases[(index - 1) / 2]);
            index = (index - 1) / 2;
        }

        Place(index, lease);
    }

    private void SinkFrom(int index, Lease lease)
    {
        for (var child = (index * 2) + 1; child < _leases.Count; child = (index * 2) + 1)
        {
            if (child + 1 < _leases.Count && _leases[child + 1].EndsAt < _leases[child].EndsAt)
                child++;
            if (_leases[child].EndsAt >= lease.EndsAt)
                break;
            Place(index, _leases[child]);
            index = child;
        }

        Place(index, lease);
    }

    private void Place(int index, Lease lease)
    {
        _leases[index] = lease;
        lease.HeapIndex = index;
    }
}
