using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Membership;

namespace KvOrleans.Grains.Registers;

/// <summary>A life may act on what it owns in its current map.</summary>
internal sealed class OwnershipGuard(IClusterMapSource map) : IRegisterGuard
{
    public bool IsSettled => true;

    public bool MayAct(BlockKey key) => map.Owns(key);

    public bool MayAct(ReadOnlySpan<byte> key)
    {
        var current = map.Current;
        return current.Silos.Length == 1 ? current.Silos[0].Life == map.Life : map.Owns(BlockKey.From(key));
    }
}
