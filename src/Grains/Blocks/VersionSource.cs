using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Membership;

namespace KvOrleans.Grains.Blocks;

/// <summary>Hands out versions: the epoch of now, this life, and the next number of this life's one counter.</summary>
internal sealed class VersionSource(IClusterMapSource map)
{
    private long _sequence;

    public BlockVersion Next() => new(map.Current.Epoch, map.Life, Interlocked.Increment(ref _sequence));
}
