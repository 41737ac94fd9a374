using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;

namespace KvOrleans.Grains.Registers;

/// <summary>Knows under which maps this life may act: the last settled one, and every map installed since.</summary>
/// <remarks>
/// An earlier settled map would ask for more: ownership in it and in all that came after it, the later settled one among them. So the last is enough to remember.
/// </remarks>
internal sealed class RegisterGuard(SiloLife self, LifeEnd end, FenceClock time) : IRegisterGuard
{
    /// <summary>How long a read of the membership table vouches for the map, from its sending on.</summary>
    internal static readonly TimeSpan Fence = TimeSpan.FromSeconds(3);

    /// <summary>What a life that is gone is given beyond its fence, for clocks that do not run at the same rate.</summary>
    internal static readonly TimeSpan Slack = TimeSpan.FromSeconds(0.5);

    /// <summary>Maps that differ and are not settled yet, at most; a cluster that changes faster than that serves no registers.</summary>
    internal const int MostMaps = 8;

    private readonly Lock _lock = new();
    private readonly HashSet<SiloLife> _confirmed = [];
    private readonly long _fenceTicks = (long)(Fence.TotalSeconds * time.TimestampFrequency);
    private long _fence = long.MinValue / 2;
    private volatile ClusterMap[] _tenure = [];
    private ClusterMap? _unsettled;
    private long? _gone;
    private volatile bool _isSettled;
    private long _term;

    public bool IsSettled => _isSettled;

    public long Term => Volatile.Read(ref _term);

    public bool MayAct(ReadOnlySpan<byte> key)
    {
        // The fence is read before the maps, and the clock behind both: whatever pauses come between, the fence then held when the maps were looked at.
        var fence = Volatile.Read(ref _fence);
        return Owns(_tenure, key) && time.GetTimestamp() - fence < _fenceTicks && !end.IsOver;
    }

    /// <summary>A read that was sent then has the current map as its result.</summary>
    internal void Renew(long sent) => Volatile.Write(ref _fence, sent);

    /// <summary>A read that ended then was the first to show that some lives are gone, or the first of this life.</summary>
    internal void LivesWereGone(long ended)
    {
        lock (_lock)
            _gone = Math.Max(_gone ?? ended, ended);
    }

    /// <summary>This map is current: nothing is acted upon that it does not give to this life.</summary>
    internal void Install(ClusterMap map)
    {
        lock (_lock)
        {
            // First: who takes an entry from now on and finds the same term behind it has seen no map but this one.
            Volatile.Write(ref _term, _term + 1);
            _unsettled = map;
            _isSettled = false;
            _confirmed.Clear();
            var tenure = _tenure;
            if (tenure.Length > 0 && !tenure[^1].Silos.SequenceEqual(map.Silos))
                _tenure = tenure.Length < MostMaps ? [.. tenure, map] : [];
        }
    }

    /// <summary>The current map while it is not settled, and whom to ask for it.</summary>
    internal (MapPosition Map, SiloLife[] Others)? Unsettled
    {
        get
        {
            lock (_lock)
            {
                return _unsettled is { } map
                    ? (map.Position, [.. map.Silos.Select(silo => silo.Life).Where(life => life != self && !_confirmed.Contains(life))])
                    : null;
            }
        }
    }

    /// <summary>A silo has installed that map, as far as it says.</summary>
    internal void Confirmed(SiloLife life, MapPosition installed)
    {
        lock (_lock)
        {
            // Exactly this map: one that went past it may never have dropped what it took away.
            if (_unsettled is { } map && map.Position.HasRowsOf(installed))
                _confirmed.Add(life);
        }
    }

    /// <summary>Settles the current map when everybody has confirmed it and whoever is gone has had its time.</summary>
    internal void TrySettle()
    {
        lock (_lock)
        {
            if (_unsettled is not { } map || map.Silos.Any(silo => silo.Life != self && !_confirmed.Contains(silo.Life))
                || (_gone is { } gone && time.GetElapsedTime(gone) < Fence + Slack))
            {
                return;
            }

            _tenure = [map];
            _unsettled = null;
            _isSettled = true;
        }
    }

    private bool Owns(ClusterMap[] tenure, ReadOnlySpan<byte> key)
    {
        var id = default(KeyId);
        foreach (var map in tenure)
        {
            if (map.Silos.Length > 1 && id == default)
                id = KeyId.Of(key);
            if (map.OwnerOf(id)?.Life != self)
                return false;
        }

        return tenure.Length > 0;
    }
}
