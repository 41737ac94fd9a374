namespace KvOrleans.LoadGenerator.Hotspots;

/// <summary>What readers have read of the hot block.</summary>
/// <param name="Bytes">Payload bytes of whole, verified reads.</param>
/// <param name="Misses">Reads that brought nothing.</param>
/// <param name="Wrong">Reads that brought other bytes than were written.</param>
internal readonly record struct HotspotCounts(long Bytes, long Misses, long Wrong)
{
    public static HotspotCounts operator +(HotspotCounts one, HotspotCounts other) => new(one.Bytes + other.Bytes, one.Misses + other.Misses, one.Wrong + other.Wrong);
}
