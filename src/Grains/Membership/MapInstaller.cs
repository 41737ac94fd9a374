using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Registers;
using KvOrleans.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace KvOrleans.Grains.Membership;

/// <summary>Judges what the membership table says and makes it the current map. One reading at a time.</summary>
/// <remarks>
/// The order matters: the map becomes current, so that no decision is made for what it took away; what was decided before can be published no more; what it took away is dropped; only then is it confirmed to others, who may
/// act on those keys when this silo has said so; the fence is renewed last, so that it never vouches for a map that is not there yet.
/// </remarks>
internal sealed partial class MapInstaller(
    ClusterView view, RegisterGuard guard, BlockStore store, LifeEnd life, ILocalSiloDetails self, IEnumerable<IMapFollower> followers, bool isNewTable, ILogger<MapInstaller> logger)
{
    private readonly HashSet<SiloAddress> _gone = [];
    private TableReading? _last;
    private HashSet<SiloAddress> _present = [];
    private bool _wasActive;

    /// <summary>Takes in what a read found.</summary>
    /// <param name="reading">The table.</param>
    /// <param name="sent">The monotonic time before the read was sent.</param>
    /// <param name="ended">The monotonic time when its answer was there.</param>
    public void Install(TableReading reading, long sent, long ended)
    {
        if (life.IsOver)
            return;
        if (WhyOver(reading) is { } reason)
        {
            life.Declare(reason);
            DropAll();
            return;
        }

        if (reading.Incarnation == 0)
        {
            LogNoTable();
            view.CutOff(sent);
            return;
        }

        var (map, addresses) = Derive(reading);
        if (_wasActive && !addresses.ContainsKey(view.Life))
        {
            life.Declare("a later life has its name");
            DropAll();
            return;
        }

        NoteGone(reading, addresses, ended);
        _last = reading;
        if (!map.Position.HasRowsOf(view.Installed.Position))
            Install(map, addresses);
        else if (map.Id != view.Installed.Id)
            Rename(map, addresses);
        view.Renew(sent);
        guard.Renew(sent);
    }

    /// <summary>A read that was sent then failed.</summary>
    public void Failed(long sent) => view.CutOff(sent);

    /// <summary>Drops every register, when the life is over.</summary>
    public void DropAll() => store.DropRegisters(static _ => false);

    /// <summary>The map is a function of the reading; of two lives with one name the later one counts.</summary>
    private static (ClusterMap Map, Dictionary<SiloLife, SiloAddress> Addresses) Derive(TableReading reading)
    {
        var silos = from row in reading.Rows
                    where row.Status == SiloStatus.Active
                    let identity = SiloIdentity.TryDecode(row.Name)
                    where identity is not null
                    group (row.Address, identity) by identity.Name into lives
                    let last = lives.MaxBy(one => (one.Address.Generation, one.Address))
                    orderby lives.Key
                    select (last.Address, last.identity);
        var sorted = silos.ToList();
        sorted.Sort((one, other) => string.CompareOrdinal(one.identity.Name, other.identity.Name));
        var descriptors = sorted.Select(one => new SiloDescriptor(
            one.identity.Name, one.identity.Zone, one.identity.Weight, one.identity.DataPlane, SiloLife.Of(one.Address)));
        return (new(reading.Version, [.. descriptors], reading.Incarnation, reading.Digest), sorted.ToDictionary(one => SiloLife.Of(one.Address), one => one.Address));
    }

    private string? WhyOver(TableReading reading)
    {
        if (_last is not { } last)
            return null;
        if (reading.Incarnation != last.Incarnation)
            return "the membership table was lost";
        if (reading.Version < last.Version)
            return $"the membership table went back from version {last.Version} to {reading.Version}";
        if (reading.Version == last.Version && !reading.IsStill(last))
            return "the membership table has other rows under the same version";
        if (reading.Server != last.Server && !reading.IsStill(last))
            return "the server of the membership table was started again, and what it says is not what it said";
        var own = reading.Rows.FirstOrDefault(row => row.Address.Equals(self.SiloAddress));
        return _wasActive && own?.Status != SiloStatus.Active ? $"its row in the membership table is {own?.Status.ToString() ?? "missing"}" : null;
    }

    /// <summary>A life that is in no map of this reading, or later, may have acted until its fence lapsed: what it had is waited for.</summary>
    private void NoteGone(TableReading reading, Dictionary<SiloLife, SiloAddress> silos, long ended)
    {
        var present = silos.Values.ToHashSet();
        var gone = _present.Where(silo => !present.Contains(silo))
            .Concat(reading.Rows.Where(row => row.Status >= SiloStatus.Active && !present.Contains(row.Address)).Select(row => row.Address));
        // Nothing is known of those who were there before this life was.
        var isFirst = !_wasActive && silos.ContainsKey(view.Life);
        _wasActive |= isFirst;
        var isNews = isFirst && !isNewTable;
        foreach (var silo in gone)
            isNews |= _gone.Add(silo);

        // A life that is gone from the table as well never comes back.
        _gone.IntersectWith(reading.Rows.Select(row => row.Address));
        _present = present;
        if (isNews)
            guard.LivesWereGone(ended);
    }

    private void Install(ClusterMap map, Dictionary<SiloLife, SiloAddress> addresses)
    {
        var previous = view.Installed;
        view.Publish(map, addresses);
        guard.Install(map);
        store.BeginRegisterGeneration();
        // A key that comes back begins absent, whatever a decision that was under way may have left behind.
        var dropped = store.DropRegisters(key => map.Owns(view.Life, key) && previous.Owns(view.Life, key));
        view.Confirmed();
        LogInstalled(map.Id, map.Silos.Length, dropped);
        foreach (var follower in followers)
            Tell(follower, previous, map);
    }

    /// <summary>The table has another version and the same rows: nothing was taken from anybody.</summary>
    private void Rename(ClusterMap map, Dictionary<SiloLife, SiloAddress> addresses)
    {
        view.Publish(map, addresses);
        view.Confirmed();
    }

    private void Tell(IMapFollower follower, ClusterMap previous, ClusterMap current)
    {
        try
        {
            follower.MapInstalled(previous, current);
        }
        catch (Exception error)
        {
            LogFollowerFailed(error, current.Id);
        }
    }

    [LoggerMessage(LogLevel.Information, "Map {Map} with {Silos} silos is installed; {Dropped} registers that it took away are dropped.")]
    private partial void LogInstalled(long map, int silos, int dropped);

    [LoggerMessage(LogLevel.Warning, "There is no membership table.")]
    private partial void LogNoTable();

    [LoggerMessage(LogLevel.Error, "Map {Map} was not taken in by all who follow it.")]
    private partial void LogFollowerFailed(Exception error, long map);
}
