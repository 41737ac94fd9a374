using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Contracts.Placement;

/// <summary>Says of many keys what <see cref="Rendezvous"/> says of one, with less work a key. Immutable and thread-safe.</summary>
public sealed class OwnerFinder
{
    /// <summary>Of 2^53. Draws whose hashes lie further apart are in the hashes' order, whatever is rounded in a logarithm and a division: a logarithm
    /// here is below 37, so both are exact to 2^-46, and it grows at least as fast as what it is taken of.</summary>
    private const ulong RoundedAway = 1 << 12;

    private const int IdsAtOnce = 64;

    private readonly long[] _seeds;
    private readonly bool _isEven;

    /// <summary>Finds the owners of <paramref name="map"/>.</summary>
    public OwnerFinder(ClusterMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        Map = map;
        _seeds = [.. map.Silos.Select(static silo => Rendezvous.SeedOf(silo.Name))];
        _isEven = map.Silos.All(silo => silo.Weight == map.Silos[0].Weight);
    }

    /// <summary>The map whose owners it finds.</summary>
    public ClusterMap Map { get; }

    /// <summary>The silos at rank 0 of <paramref name="keys"/>, as their indices in the map's silos; -1 when the map has none.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="owners">Gets one index a key.</param>
    /// <exception cref="ArgumentException"><paramref name="owners"/> is shorter than <paramref name="keys"/>.</exception>
    public void Find(ReadOnlySpan<BlockKey> keys, Span<int> owners) => Find(new BlockKeyRun(keys), owners);

    /// <inheritdoc cref="Find(ReadOnlySpan{BlockKey}, Span{int})"/>
    /// <param name="buffer">Where the keys' bytes are.</param>
    /// <param name="keys">Where in it each key is.</param>
    /// <param name="owners">Gets one index a key.</param>
    public void Find(ReadOnlySpan<byte> buffer, ReadOnlySpan<(int Offset, int Length)> keys, Span<int> owners) => Find(new BufferedKeyRun(buffer, keys), owners);

    /// <summary>The silo at rank 0 of a key, as its index in the map's silos; -1 when the map has none. Hashes only when there are several silos.</summary>
    public int Find(ReadOnlySpan<byte> key) => _seeds.Length < 2 ? _seeds.Length - 1 : Find(KeyId.Of(key));

    /// <summary>The silo at rank 0 of a key, as its index in the map's silos; -1 when the map has none.</summary>
    public int Find(KeyId key)
    {
        if (!_isEven)
            return Rendezvous.OwnerOf(key, Map);
        var owner = -1;
        var largest = 0UL;
        for (var i = 0; i < _seeds.Length; i++)
        {
            var hash = Rendezvous.HashOf(key, _seeds[i]);
            if (owner >= 0 && hash - largest + RoundedAway <= 2 * RoundedAway)
                return Rendezvous.OwnerOf(key, Map);
            if (owner < 0 || hash > largest)
                (owner, largest) = (i, hash);
        }

        return owner;
    }

    private void Find<TKeys>(in TKeys keys, Span<int> owners)
        where TKeys : struct, IKeyRun, allows ref struct
    {
        if (owners.Length < keys.Count)
            throw new ArgumentException($"There are {keys.Count} keys and room for {owners.Length} owners.", nameof(owners));
        if (_seeds.Length < 2)
        {
            owners[..keys.Count].Fill(_seeds.Length - 1);
            return;
        }

        Span<KeyId> ids = stackalloc KeyId[IdsAtOnce];
        for (var start = 0; start < keys.Count; start += IdsAtOnce)
        {
            var some = ids[..Math.Min(IdsAtOnce, keys.Count - start)];
            KeyId.Of(keys, start, some);
            for (var i = 0; i < some.Length; i++)
                owners[start + i] = Find(some[i]);
        }
    }
}
