namespace KvOrleans.Cli.Silos;

/// <summary>How much memory each of a machine's silos gets.</summary>
/// <param name="BytesPerSilo">What it gets.</param>
/// <param name="WantedBytesPerSilo">What it would need to hold everything.</param>
internal readonly record struct SiloMemory(long BytesPerSilo, long WantedBytesPerSilo)
{
    private const long PageBytes = 4 << 10;
    private const long RegionBytes = 2 << 20;

    /// <summary>Blocks on their way in, and leases, need room beside the blocks.</summary>
    private const long Spare = 64 << 20;

    /// <summary>Blocks are spread by hash: a silo may get more than its share.</summary>
    private const double Imbalance = 1.15;

    /// <summary>True when it gets less than it would need.</summary>
    public bool IsCapped => BytesPerSilo < WantedBytesPerSilo;

    /// <summary>Room for <paramref name="blocks"/> blocks on <paramref name="silos"/> silos, within half of the machine's memory.</summary>
    public static SiloMemory For(long blocks, int blockBytes, int silos) =>
        For(blocks, blockBytes, silos, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <inheritdoc cref="For(long, int, int)"/>
    public static SiloMemory For(long blocks, int blockBytes, int silos, long machineBytes)
    {
        var pages = (blockBytes + PageBytes - 1) / PageBytes;
        var share = (double)blocks * pages * PageBytes / silos * (silos == 1 ? 1 : Imbalance);
        var wanted = RoundUp((long)Math.Min(share, long.MaxValue / 2) + Math.Max(Spare, 8L * blockBytes));
        var most = machineBytes / 2 / silos / RegionBytes * RegionBytes;
        return new(Math.Min(wanted, most), wanted);
    }

    private static long RoundUp(long bytes) => (bytes + RegionBytes - 1) / RegionBytes * RegionBytes;
}
