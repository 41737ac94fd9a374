using System.Numerics;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Storage;

namespace KvOrleans.Grains.Replication;

/// <summary>Gives each other life one of the 64 bits in which a block's record keeps its known holders. Thread-safe.</summary>
/// <remarks>
/// A bit is given only to a life of the map, and given again only when no record has it any more: from the moment a life is gone nothing sets its bit, then it is
/// cleared everywhere, then it is free. A life for which no bit is left is not recorded: at worst a block gets a copy more than it should.
/// </remarks>
internal sealed class HolderBits(BlockStore store)
{
    private const int Most = 64;

    private readonly Lock _lock = new();
    private readonly SiloLife[] _lives = new SiloLife[Most];
    private ClusterMap _map = new(0, []);
    private ulong _given;
    private ulong _gone;

    /// <summary>The bits of lives that are in the map.</summary>
    public ulong Live
    {
        get
        {
            lock (_lock)
                return _given & ~_gone;
        }
    }

    /// <summary>The bit of a life, as a mask; 0 when it has none.</summary>
    public ulong MaskOf(SiloLife life)
    {
        lock (_lock)
            return Find(life) is >= 0 and var bit ? (1UL << bit) & ~_gone : 0;
    }

    /// <summary>The lives of the map that a mask stands for.</summary>
    public List<SiloLife> LivesOf(ulong mask)
    {
        lock (_lock)
            return [.. Enumerable.Range(0, Most).Where(bit => (mask & _given & ~_gone & (1UL << bit)) != 0).Select(bit => _lives[bit])];
    }

    /// <summary>Notes that a life of the map holds a content that is here.</summary>
    public bool Add(BlockKey key, BlockVersion version, SiloLife holder)
    {
        // Under the lock, so that a bit that was found is not given to another before it is set.
        lock (_lock)
        {
            var bit = Find(holder);
            if (bit < 0)
                bit = Give(holder);
            return bit >= 0 && (_gone & (1UL << bit)) == 0 && store.AddHolder(key.Span, version, bit);
        }
    }

    /// <summary>Notes that a life holds a content no more.</summary>
    public void Remove(BlockKey key, BlockVersion version, SiloLife holder)
    {
        lock (_lock)
        {
            if (Find(holder) is >= 0 and var bit)
                store.RemoveHolder(key.Span, version, bit);
        }
    }

    /// <summary>Lives that are not in <paramref name="map"/> are gone.</summary>
    public void Follow(ClusterMap map)
    {
        lock (_lock)
        {
            _map = map;
            for (var bit = 0; bit < Most; bit++)
            {
                if ((_given & (1UL << bit)) != 0 && map.IndexOf(_lives[bit]) < 0)
                    _gone |= 1UL << bit;
            }
        }
    }

    /// <summary>Clears the bits of lives that are gone in all records; then they may be given again.</summary>
    public void ForgetGone()
    {
        ulong gone;
        lock (_lock)
            gone = _gone;
        if (gone == 0)
            return;
        store.ForgetHolders(gone);
        lock (_lock)
        {
            _given &= ~gone;
            _gone &= ~gone;
        }
    }

    private int Find(SiloLife life)
    {
        for (var bit = 0; bit < Most; bit++)
        {
            if ((_given & (1UL << bit)) != 0 && _lives[bit] == life)
                return bit;
        }

        return -1;
    }

    private int Give(SiloLife life)
    {
        if (_given == ulong.MaxValue || _map.IndexOf(life) < 0)
            return -1;
        var bit = BitOperations.TrailingZeroCount(~_given);
        _given |= 1UL << bit;
        _lives[bit] = life;
        return bit;
    }
}
