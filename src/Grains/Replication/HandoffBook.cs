using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Membership;

namespace KvOrleans.Grains.Replication;

/// <summary>Keeps which silos of the current map have handed over what it gave to this one. Thread-safe.</summary>
/// <remarks>
/// A life that leaves the map never comes back, so maps of one incarnation with the same silos follow each other without another between: what was done for one of them is
/// done for all.
/// </remarks>
internal sealed class HandoffBook(IClusterMapSource source) : IHandoffBook, IHandoffs
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SiloLife, MapPosition> _done = [];
    private volatile HandoffState _current = new(new(0, []), []);

    /// <summary>The first map with the silos of the current one.</summary>
    private MapPosition _since;

    public HandoffState Current
    {
        get
        {
            KeepUp();
            return _current;
        }
    }

    public ImmutableArray<SiloDescriptor> Pending => Current.Pending;

    /// <summary>Whether placement is the same in both: the same names, weights and lives.</summary>
    public static bool IsSame(ClusterMap one, ClusterMap other) =>
        one.Incarnation == other.Incarnation
        && one.Silos.Select(silo => (silo.Name, silo.Weight, silo.Zone, silo.Life)).SequenceEqual(
            other.Silos.Select(silo => (silo.Name, silo.Weight, silo.Zone, silo.Life)));

    public void Done(SiloLife source, MapPosition map)
    {
        KeepUp();
        lock (_lock)
        {
            // Calls may overtake each other; what a silo of a later map says is kept for when that map comes.
            if (_done.TryGetValue(source, out var before) && before.Incarnation == map.Incarnation && before.Id >= map.Id)
                return;
            _done[source] = map;
            Count(_current.Map);
        }
    }

    /// <summary>Takes in the current map. It is current a moment before its followers are told, so whoever asks or tells something does this first.</summary>
    public void KeepUp()
    {
        if (source.Current.Position == _current.Map.Position)
            return;
        lock (_lock)
        {
            // Looked at again, so that nobody who was late brings an earlier map back.
            var map = source.Current;
            if (!IsSame(_current.Map, map))
                _since = map.Position;
            foreach (var life in _done.Keys.Where(life => map.IndexOf(life) < 0 && _done[life].Id <= map.Id).ToList())
                _done.Remove(life);
            Count(map);
        }
    }

    private void Count(ClusterMap map) => _current = new(map, [.. map.Silos.Where(silo => silo.Life != source.Life && !IsDone(silo.Life, map))]);

    private bool IsDone(SiloLife life, ClusterMap map) =>
        _done.TryGetValue(life, out var done) && done.Incarnation == _since.Incarnation && done.Id >= _since.Id && done.Id <= map.Id;
}
