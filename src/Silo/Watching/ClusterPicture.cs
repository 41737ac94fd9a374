using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Watching;

namespace KvOrleans.Silo.Watching;

/// <summary>All that is known of the cluster's silos. Not thread-safe.</summary>
internal sealed class ClusterPicture(TimeProvider time)
{
    /// <summary>A silo that left is shown for so long.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    /// <summary>A silo that has told nothing for so long does not answer.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(2.5);

    private const int MostGone = 32;

    private readonly SortedDictionary<string, KnownSilo> _silos = new(StringComparer.Ordinal);

    /// <summary>The silos, by name.</summary>
    public IReadOnlyCollection<KnownSilo> Silos => _silos.Values;

    /// <summary>Takes in who is in the map, and forgets who left it long ago.</summary>
    public void Follow(ClusterMap map)
    {
        var now = time.GetTimestamp();
        foreach (var silo in map.Silos)
        {
            if (!_silos.TryGetValue(silo.Name, out var known))
                _silos[silo.Name] = known = new(silo);
            known.IsIn(silo);
        }

        foreach (var known in _silos.Values.Where(known => map.IndexOf(known.Silo.Life) < 0).ToList())
            known.GoneAt ??= now;
        var gone = _silos.Values.Where(known => known.GoneAt is not null).OrderByDescending(known => known.GoneAt).ToList();
        foreach (var known in gone.Where((known, place) => place >= MostGone || time.GetElapsedTime(known.GoneAt!.Value, now) > Remembered))
            _silos.Remove(known.Silo.Name);
    }

    /// <summary>The silo of this name; null when it is not known.</summary>
    public KnownSilo? Find(string name) => _silos.GetValueOrDefault(name);

    /// <summary>The name of a life; null when it is not known.</summary>
    public string? NameOf(SiloLife life) => _silos.Values.FirstOrDefault(known => known.Silo.Life == life)?.Silo.Name;

    /// <summary>A silo told something.</summary>
    public void Take(string name, SiloLife life, SiloSnapshot snapshot) => Find(name)?.Take(life, snapshot, time.GetTimestamp(), time.TimestampFrequency);

    /// <summary>What is new has been shown.</summary>
    public void Settle()
    {
        foreach (var known in _silos.Values)
            known.Settle();
    }

    /// <summary>How long ago something was.</summary>
    public long AgeOf(long at) => (long)time.GetElapsedTime(at).TotalMilliseconds;

    /// <summary>Whether a silo answers.</summary>
    public bool Answers(KnownSilo known) => known.Last is not null && known.GoneAt is null && time.GetElapsedTime(known.ToldAt) <= LongestSilence;
}
