namespace KvOrleans.LoadGenerator.DistinctKeys;

/// <summary>What a contender's processes take, at one moment or at most. Of several silos the largest counts, but for <paramref name="ResidentBytes"/>.</summary>
/// <param name="ResidentBytes">Resident memory of all processes together.</param>
/// <param name="OutsideBytes">Of a silo: resident memory beside the arena's pages in use and the index; 0 of others.</param>
/// <param name="ManagedBytes">Of a silo: the managed heap; 0 of others.</param>
/// <param name="GrainsAwake">Of a silo: block grains awake.</param>
/// <param name="GrainsAwakeBound">Of a silo: how many may be.</param>
internal sealed record KeysMemory(long ResidentBytes, long OutsideBytes, long ManagedBytes, long GrainsAwake, long GrainsAwakeBound)
{
    /// <summary>The larger of each.</summary>
    public KeysMemory Max(KeysMemory other) => new(
        Math.Max(ResidentBytes, other.ResidentBytes), Math.Max(OutsideBytes, other.OutsideBytes), Math.Max(ManagedBytes, other.ManagedBytes),
        Math.Max(GrainsAwake, other.GrainsAwake), Math.Max(GrainsAwakeBound, other.GrainsAwakeBound));
}
