using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Replication;

namespace KvOrleans.Grains.Membership;

/// <summary>Remembers the last maps, so that it can say whether a silo that is gone owned a key. Thread-safe.</summary>
/// <remarks>It knows what this life has seen. That the owner of a key is gone does not mean that the block was there, or that it was not given away before, as by a drain.</remarks>
public sealed class FormerOwners(TimeProvider time) : IMapFollower
{
    private const int MostMaps = 16;

    private readonly Lock _lock = new();
    private readonly LinkedList<(ClusterMap Map, long Until)> _former = [];
    private ClusterMap _current = new(0, []);

    /// <inheritdoc/>
    public void MapInstalled(ClusterMap previous, ClusterMap current)
    {
        ArgumentNullException.ThrowIfNull(previous);
        lock (_lock)
        {
            _current = current;
            if (previous.Silos.Length == 0 || HandoffBook.IsSame(previous, current))
                return;
            _former.AddFirst((previous, time.GetTimestamp()));
            if (_former.Count > MostMaps)
                _former.RemoveLast();
        }
    }

    /// <summary>The last owner of a key that went while it was the owner, and how long ago that was.</summary>
    /// <returns>False when none is known.</returns>
    public bool TryFind(KeyId key, out string silo, out TimeSpan ago)
    {
        lock (_lock)
        {
            var next = _current;
            foreach (var (map, until) in _former)
            {
                var owner = map.OwnerOf(key)!;
                if (next.IndexOf(owner.Life) < 0)
                {
                    (silo, ago) = (owner.Name, time.GetElapsedTime(until));
                    return true;
                }

                // It was there to hand over what another came to own.
                next = map;
            }
        }

        (silo, ago) = ("", default);
        return false;
    }
}
