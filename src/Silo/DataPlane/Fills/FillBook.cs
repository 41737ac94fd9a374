using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Metrics;
using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.DataPlane.Metrics;

namespace KvOrleans.Silo.DataPlane.Fills;

/// <summary>Which connection computes which block that is not here yet: advice for those who would compute it too. Thread-safe.</summary>
/// <remarks>
/// It knows nothing of the store. Who asks looks for the block, then asks here, and looks once more when the lease is new: what arrives after that finds the lease registered, and who asks next
/// finds the block. So no arrival is missed, and a lease on a block that is here is dropped by whoever notices, or ends with its time. Keys are told apart by their ids, 16 bytes each.
/// </remarks>
internal sealed class FillBook : IMapFollower
{
    /// <summary>Leases at once.</summary>
    public const int Most = 65_536;

    /// <summary>Leases of one connection.</summary>
    public const int MostOfOne = 4_096;

    // So many leave under one lock.
    private const int DroppedAtOnce = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<KeyId, Fill> _fills = [];
    private readonly Dictionary<long, HashSet<KeyId>> _ofConnection = [];
    private readonly IClusterMapSource _map;
    private readonly TimeProvider _time;
    private readonly TimeSpan _longest;
    private readonly Tally _granted;
    private readonly Tally _waits;
    private readonly Tally _unrecorded;
    private int _count;
    private long _generation;

    public FillBook(IClusterMapSource map, KvOrleansOptions options, IMeterFactory meters, TimeProvider time)
    {
        _map = map;
        _time = time;
        _longest = options.Fills.MaxDuration;
        var meter = meters.Create(DataPlaneCounters.MeterName);
        meter.CreateLevel("kvorleans.dataplane.fills", () => Count, "{lease}", "Fill leases now.");
        _granted = meter.CreateTally("kvorleans.dataplane.fills.granted", "{lease}", "Fill leases granted.");
        _waits = meter.CreateTally("kvorleans.dataplane.fills.waits", "{block}", "Blocks that somebody else was said to compute.");
        _unrecorded = meter.CreateTally("kvorleans.dataplane.fills.unrecorded", "{block}", "Blocks given to who asked without a lease: there were too many, or the map changed.");
    }

    /// <summary>Leases now, with those that ended a moment ago.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Leases granted since the start; renewals do not count.</summary>
    public long Granted => _granted.Value;

    /// <summary>How often somebody was told that another computes a block.</summary>
    public long Waits => _waits.Value;

    /// <summary>How often a block was given to who asked without a lease.</summary>
    public long Unrecorded => _unrecorded.Value;

    /// <summary>Grows with each map. Read it before the map by which keys are judged; see <see cref="Take"/>.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>The longest that may be had of <paramref name="asked"/>.</summary>
    public TimeSpan Shorten(TimeSpan asked) => asked < _longest ? asked : _longest;

    /// <summary>Takes or renews a lease.</summary>
    /// <param name="connection">Whose it is.</param>
    /// <param name="key">The block, which this silo owns.</param>
    /// <param name="duration">How long, above zero and no longer than <see cref="Shorten"/> allows.</param>
    /// <param name="now">The moment of the question; one for all keys of a command, so that equal keys have equal answers.</param>
    /// <param name="generation">What <see cref="Generation"/> was before it was found that this silo owns the key. When there is another map by now, nothing is recorded.</param>
    public FillAnswer Take(long connection, KeyId key, TimeSpan duration, long now, long generation)
    {
        var endsAt = now + (long)((Int128)duration.Ticks * _time.TimestampFrequency / TimeSpan.TicksPerSecond);
        lock (_lock)
        {
            ref var fill = ref CollectionsMarshal.GetValueRefOrNullRef(_fills, key);
            if (!Unsafe.IsNullRef(in fill))
            {
                if (fill.Connection == connection)
                {
                    fill.EndsAt = endsAt;
                    return new(IsYours: true, IsNew: false, duration);
                }

                if (fill.EndsAt > now)
                {
                    _waits.Add();
                    return new(IsYours: false, IsNew: false, _time.GetElapsedTime(now, fill.EndsAt));
                }

                Remove(key);
            }

            var isNew = generation == _generation && TryAdd(connection, key, endsAt);
            if (isNew)
                _granted.Add();
            else
                _unrecorded.Add();
            return new(IsYours: true, isNew, duration);
        }
    }

    /// <summary>Ends a lease of a connection.</summary>
    /// <returns>Whether there was one.</returns>
    public bool GiveUp(long connection, KeyId key)
    {
        lock (_lock)
            return _fills.TryGetValue(key, out var fill) && fill.Connection == connection && Remove(key);
    }

    /// <summary>The block is here, or at its owner: nobody has to wait for it. Free while there is no lease.</summary>
    public void Arrived(BlockKey key)
    {
        if (Count > 0)
            Arrived(KeyId.Of(key.Span));
    }

    /// <inheritdoc cref="Arrived(BlockKey)"/>
    public void Arrived(KeyId key)
    {
        if (Count == 0)
            return;
        lock (_lock)
            Remove(key);
    }

    /// <summary>Ends all leases of a connection that is closed.</summary>
    public void EndAll(long connection)
    {
        lock (_lock)
        {
            if (!_ofConnection.Remove(connection, out var keys))
                return;
            foreach (var key in keys)
                _fills.Remove(key);
            _count = _fills.Count;
        }
    }

    /// <summary>Forgets leases that have ended, so that they take no room. Called now and then: one that has ended counts for nothing but the bounds.</summary>
    public void DropEnded()
    {
        if (Count == 0)
            return;
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            foreach (var (key, fill) in _fills)
            {
                if (fill.EndsAt <= now)
                    Remove(key);
            }
        }
    }

    /// <summary>Leases on keys that are another silo's now go: it may have granted its own when they come back.</summary>
    public void MapInstalled(ClusterMap previous, ClusterMap current)
    {
        KeyId[] keys;
        lock (_lock)
        {
            _generation++;
            keys = [.. _fills.Keys];
        }

        // Without a logarithm a silo and key: there may be a great many.
        var owners = new OwnerFinder(current);
        for (var start = 0; start < keys.Length; start += DroppedAtOnce)
            DropMoved(keys.AsSpan(start, Math.Min(DroppedAtOnce, keys.Length - start)), owners, current);
    }

    private void DropMoved(Span<KeyId> keys, OwnerFinder owners, ClusterMap current)
    {
        var moved = 0;
        foreach (var key in keys)
        {
            if (owners.Find(key) is var owner && (owner < 0 || current.Silos[owner].Life != _map.Life))
                keys[moved++] = key;
        }

        lock (_lock)
        {
            foreach (var key in keys[..moved])
                Remove(key);
        }
    }

    private bool TryAdd(long connection, KeyId key, long endsAt)
    {
        if (_fills.Count == Most)
            return false;
        ref var keys = ref CollectionsMarshal.GetValueRefOrAddDefault(_ofConnection, connection, out _);
        keys ??= [];
        if (keys.Count == MostOfOne)
            return false;
        keys.Add(key);
        _fills.Add(key, new() { Connection = connection, EndsAt = endsAt });
        _count = _fills.Count;
        return true;
    }

    private bool Remove(KeyId key)
    {
        if (!_fills.Remove(key, out var fill))
            return false;
        var keys = _ofConnection[fill.Connection];
        keys.Remove(key);
        if (keys.Count == 0)
            _ofConnection.Remove(fill.Connection);
        _count = _fills.Count;
        return true;
    }

    private struct Fill
    {
        public long Connection;
        public long EndsAt;
    }
}
