using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;

namespace KvOrleans.Storage.Tests;

/// <summary>
/// What a <see cref="BlockStore"/> with LRU eviction must do, in plain collections: which block is there, which goes next, what is leased,
/// and whether there is room.
/// </summary>
internal sealed class ReferenceStore(int totalPages, int maxLeasedPages, int maxLeasedPagesPerOwner)
{
    private readonly Dictionary<string, Entry> _blocks = [];
    private readonly List<Entry> _oldestFirst = [];
    private readonly List<LeaseModel> _leases = [];
    private readonly HashSet<Entry> _retired = [];

    public long Now { get; set; }

    public int StagedPages { get; set; }

    public long Evictions { get; private set; }

    public int Blocks => _blocks.Count;

    public int Leases => _leases.Count;

    public long PayloadBytes => _blocks.Values.Sum(entry => (long)entry.Length);

    public int LeasedPages => _blocks.Values.Where(entry => entry.Leases > 0).Sum(entry => entry.Pages);

    public int RetiredPages => _retired.Sum(entry => entry.Pages);

    public int FreePages => totalPages - StagedPages - RetiredPages - _blocks.Values.Sum(entry => entry.Pages);

    public Entry? Find(string key)
    {
        if (!_blocks.TryGetValue(key, out var entry))
            return null;
        if (entry.ExpiresAt > Now)
            return entry;
        Retire(entry);
        return null;
    }

    /// <summary>False without any change when there is no room to make.</summary>
    public bool TryMakeRoom(int pages)
    {
        var evictable = _blocks.Values.Where(entry => entry is { Pins: 0, Leases: 0 }).Sum(entry => entry.Pages);
        if (pages > FreePages + evictable)
            return false;
        while (FreePages < pages)
        {
            var victim = _oldestFirst[0];
            if (victim.Pins > 0)
            {
                _oldestFirst.RemoveAt(0);
                continue;
            }

            Evictions++;
            Retire(victim);
        }

        return true;
    }

    public void Publish(string key, int length, BlockVersion version, long expiresAt)
    {
        if (Find(key) is { } old)
            Retire(old);
        var entry = new Entry(key, length, version) { ExpiresAt = expiresAt };
        _blocks.Add(key, entry);
        _oldestFirst.Add(entry);
    }

    public void Retire(Entry entry)
    {
        _blocks.Remove(entry.Key);
        _oldestFirst.Remove(entry);
        entry.Leases = 0;
        entry.IsRetired = true;
        if (entry.Pins > 0)
            _retired.Add(entry);
    }

    public void Touch(Entry entry)
    {
        if (_oldestFirst.Remove(entry))
            _oldestFirst.Add(entry);
    }

    public void Unpin(Entry entry)
    {
        if (--entry.Pins > 0)
            return;
        if (!_retired.Remove(entry))
            ReturnIfWithdrawn(entry);
    }

    public List<Entry?> LookUp(string[] keys)
    {
        var found = keys.Select(Find).ToList();
        foreach (var entry in found.AsEnumerable().Reverse().OfType<Entry>())
            Touch(entry);
        return found;
    }

    public List<Entry?> Lease(long owner, long endsAt, string[] keys, Func<long> id)
    {
        var lease = new LeaseModel(owner, endsAt);
        _leases.Add(lease);
        foreach (var entry in keys.Select(Find))
        {
            var leased = entry is not null && Fits(owner, entry);
            lease.Positions.Add(leased ? entry : null);
            if (!leased)
                continue;
            entry!.Leases++;
            _oldestFirst.Remove(entry);
        }

        var result = lease.Positions.ToList();
        lease.Id = id();
        EndIfEmpty(lease);
        return result;
    }

    public int Release(long owner, long id, int from)
    {
        var lease = _leases.Find(lease => lease.Id == id && lease.Owner == owner);
        return lease is null ? 0 : Release(lease, from);
    }

    public void ReleaseAll(long owner)
    {
        // The newest lease first.
        foreach (var lease in _leases.Where(lease => lease.Owner == owner).Reverse().ToList())
            Release(lease, 0);
    }

    public void EndDue()
    {
        foreach (var lease in _leases.Where(lease => lease.EndsAt <= Now).OrderBy(lease => lease.EndsAt).ToList())
            Release(lease, 0);
    }

    public bool IsEndTaken(long endsAt) => _leases.Exists(lease => lease.EndsAt == endsAt);

    public int Sweep()
    {
        var expired = _blocks.Values.Where(entry => entry.ExpiresAt <= Now).ToList();
        expired.ForEach(Retire);
        return expired.Count;
    }

    private bool Fits(long owner, Entry entry)
    {
        if (entry.Leases == 0 && LeasedPages + entry.Pages > maxLeasedPages)
            return false;
        var owned = _leases.Where(lease => lease.Owner == owner).SelectMany(lease => lease.Positions).OfType<Entry>().ToHashSet();
        return owned.Contains(entry) || owned.Sum(held => held.Pages) + entry.Pages <= maxLeasedPagesPerOwner;
    }

    private int Release(LeaseModel lease, int from)
    {
        var released = 0;
        for (var i = lease.Positions.Count - 1; i >= from; i--)
        {
            if (lease.Positions[i] is not { } entry)
                continue;
            lease.Positions[i] = null;
            released++;
            if (!entry.IsRetired && --entry.Leases == 0)
                ReturnIfWithdrawn(entry);
        }

        EndIfEmpty(lease);
        return released;
    }

    private void EndIfEmpty(LeaseModel lease)
    {
        if (lease.Positions.TrueForAll(entry => entry is null))
            _leases.Remove(lease);
    }

    private void ReturnIfWithdrawn(Entry entry)
    {
        if (entry.Leases == 0 && !_oldestFirst.Contains(entry))
            _oldestFirst.Add(entry);
    }

    internal sealed class Entry(string key, int length, BlockVersion version)
    {
        public string Key { get; } = key;

        public int Length { get; } = length;

        public int Pages { get; } = PageArena.PagesFor(length);

        public BlockVersion Version { get; } = version;

        public long ExpiresAt { get; set; }

        public int Pins { get; set; }

        public int Leases { get; set; }

        public bool IsRetired { get; set; }
    }

    private sealed class LeaseModel(long owner, long endsAt)
    {
        public long Id { get; set; }

        public long Owner { get; } = owner;

        public long EndsAt { get; } = endsAt;

        public List<Entry?> Positions { get; } = [];
    }
}
