using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Tombstones;

namespace KvOrleans.Storage.Tests;

/// <summary>
/// What a <see cref="BlockStore"/> with LRU eviction must do, in plain collections: which block is there and as what, which goes next, what is leased,
/// what was deleted, and whether there is room.
/// </summary>
internal sealed class ReferenceStore(int totalPages, int maxLeasedPages, int maxLeasedPagesPerOwner, int maxCopyPages, long longestExtended)
{
    private readonly Dictionary<string, Entry> _blocks = [];
    private readonly List<Entry> _oldestFirst = [];
    private readonly List<LeaseModel> _leases = [];
    private readonly HashSet<Entry> _retired = [];
    private readonly List<Entry> _reused = [];
    private readonly Dictionary<string, List<BlockVersion>> _deletes = [];

    public long Now { get; set; }

    public int StagedPages { get; set; }

    /// <summary>Of <see cref="StagedPages"/>, those for copies.</summary>
    public int StagedCopyPages { get; set; }

    public long Evictions { get; private set; }

    public IEnumerable<Entry> All => _blocks.Values;

    public int Tombstones => _deletes.Count;

    public int CopyPages => _blocks.Values.Where(entry => entry.Role == BlockRole.Copy).Sum(entry => entry.Pages);

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
    public bool TryMakeRoom(int pages, BlockRole role)
    {
        if (!TryNameVictims(pages, role, out var victims, out var passedBy))
            return false;
        _oldestFirst.RemoveAll(passedBy.Contains);
        victims.ForEach(Retire);
        Evictions += victims.Count;
        return true;
    }

    /// <summary>One after the other, as if those before it were gone. Those that are read are passed by when their turn comes.</summary>
    private bool TryNameVictims(int pages, BlockRole role, out List<Entry> victims, out HashSet<Entry> passedBy)
    {
        (victims, passedBy) = ([], []);
        var (free, copies) = (FreePages, CopyPages + StagedCopyPages);
        while (free < pages)
        {
            var copiesThen = copies + (role == BlockRole.Copy ? pages : 0);
            var isOver = copiesThen > maxCopyPages;
            BlockRole[] order = isOver
                ? role == BlockRole.Copy ? [BlockRole.Copy] : [BlockRole.Copy, BlockRole.Last]
                : copiesThen > maxCopyPages / 4 && IsNextLastUsed(victims, passedBy) ? [BlockRole.Copy, BlockRole.Last]
                : [BlockRole.Last, BlockRole.Copy];
            Entry? victim = null;
            foreach (var candidate in order.SelectMany(some => _oldestFirst.Where(entry => entry.Role == some)).Except(victims))
            {
                victim = candidate.Pins == 0 ? candidate : null;
                if (victim is not null)
                    break;
                passedBy.Add(candidate);
            }

            if (victim is null)
                return false;
            victims.Add(victim);
            free += victim.Pages;
            copies -= victim.Role == BlockRole.Copy ? victim.Pages : 0;
        }

        return true;
    }

    private bool IsNextLastUsed(List<Entry> victims, HashSet<Entry> passedBy)
    {
        foreach (var candidate in _oldestFirst.Where(entry => entry.Role == BlockRole.Last).Except(victims))
        {
            if (candidate.Pins == 0)
                return candidate.Uses > 0;
            passedBy.Add(candidate);
        }

        return false;
    }

    public void Publish(string key, int length, BlockVersion version, long expiresAt, BlockRole role, BlockKind kind)
    {
        if (Find(key) is { } old)
            Retire(old);
        var entry = new Entry(key, length, version) { ExpiresAt = expiresAt, Role = role, Kind = kind };
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

    public bool TakesCopy(string key, BlockVersion version, BlockRole role) =>
        (Find(key) is not { } there || (role == BlockRole.Copy && there.Kind == BlockKind.WriteOnce && there.Version != version))
        && !IsBuried(key, version);

    public void SetRole(Entry entry, BlockRole role)
    {
        if (entry.Role == role)
            return;
        entry.Role = role;
        Touch(entry);
    }

    /// <summary>A delete removes what it covers by itself; all deletes together refuse.</summary>
    public bool Bury(string key, BlockVersion version)
    {
        if (!_deletes.TryGetValue(key, out var deletes))
            _deletes.Add(key, deletes = []);
        deletes.Add(version);
        if (Find(key) is not { } there || !TombstoneCoverage.Covers(version, there.Version))
            return false;
        Retire(there);
        return true;
    }

    public bool IsBuried(string key, BlockVersion version) =>
        _deletes.TryGetValue(key, out var deletes) && deletes.Exists(delete => TombstoneCoverage.Covers(delete, version));

    public List<Entry> TakeReused(int room)
    {
        var taken = new List<Entry>();
        while (taken.Count < room && _reused.Count > 0)
        {
            var entry = _reused[0];
            _reused.RemoveAt(0);
            if (entry.IsRetired || Find(entry.Key) != entry || entry is not { Role: BlockRole.Last, Holders: 0 })
                continue;
            entry.HasLostItsCopy = false;
            taken.Add(entry);
        }

        return taken;
    }

    public int Drop(Func<Entry, bool> which)
    {
        var dropped = _blocks.Values.Where(which).ToList();
        dropped.ForEach(Retire);
        return dropped.Count;
    }

    public void Use(Entry entry)
    {
        Touch(entry);
        var isFirst = entry.Uses++ == 0;
        if ((!isFirst && !entry.HasLostItsCopy) || entry is not { Role: BlockRole.Last, Kind: BlockKind.WriteOnce, Holders: 0 })
            return;
        entry.HasLostItsCopy = false;
        _reused.Add(entry);
    }

    public void ChangeHolders(Entry entry, ulong without, ulong with)
    {
        var had = entry.Holders != 0;
        entry.Holders = (entry.Holders & ~without) | with;
        if (!had || entry.Holders != 0)
            return;
        entry.HasLostItsCopy = true;
        entry.Uses = Math.Max(1, entry.Uses);
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
            Use(entry);
        return found;
    }

    public List<Entry?> Lease(long owner, long endsAt, string[] keys, Func<long> id)
    {
        var lease = new LeaseModel(owner, Now, endsAt);
        _leases.Add(lease);
        foreach (var entry in keys.Select(Find))
        {
            var leased = entry is not null && Fits(owner, entry);
            lease.Positions.Add(leased ? entry : null);
            if (!leased)
                continue;
            entry!.Leases++;
            _oldestFirst.Remove(entry);
            Use(entry);
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

    /// <summary>When a lease would end that is given so much more time.</summary>
    public long EndOf(long id, long ticks) =>
        _leases.Find(lease => lease.Id == id) is { } lease ? Math.Min(Now + ticks, lease.GrantedAt + longestExtended) : long.MaxValue;

    public long Extend(long owner, long id, long ticks)
    {
        if (_leases.Find(lease => lease.Id == id && lease.Owner == owner) is not { } lease)
            return 0;
        lease.EndsAt = Math.Max(lease.EndsAt, EndOf(id, ticks));
        return lease.EndsAt - Now;
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

        public BlockRole Role { get; set; }

        public required BlockKind Kind { get; init; }

        public int Uses { get; set; }

        public ulong Holders { get; set; }

        public bool HasLostItsCopy { get; set; }
    }

    private sealed class LeaseModel(long owner, long now, long endsAt)
    {
        public long Id { get; set; }

        public long Owner { get; } = owner;

        public long GrantedAt { get; } = now;

        public long EndsAt { get; set; } = endsAt;

        public List<Entry?> Positions { get; } = [];
    }
}
