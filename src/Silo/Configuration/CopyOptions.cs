namespace KvOrleans.Silo.Configuration;

/// <summary>How many silos hold a write-once block, and the memory for it. The same on every silo of a cluster.</summary>
public sealed class CopyOptions
{
    /// <summary>Holders of a block from its write on. Default: 1; 1 to 64. The writer does not wait for them unless it asks for <c>REPLICATED</c>.</summary>
    public int Minimum { get; set; } = 1;

    /// <summary>Holders of a block from the time on when it is first read or matched again. Default: 2; <see cref="Minimum"/> to 64.</summary>
    public int AfterReuse { get; set; } = 2;

    /// <summary>The most holders of a block. Default: all silos; <see cref="AfterReuse"/> to 64.</summary>
    public int? Maximum { get; set; }

    /// <summary>
    /// The share of the arena that copies of other silos' blocks may take from last copies. Default: 0.15; 0 to 1. Beyond it copies replace copies or take free memory, and go
    /// first. Within it three quarters yield to last copies that were used.
    /// </summary>
    public double Share { get; set; } = 0.15;

    /// <summary>
    /// The share of the arena that extra copies of hot blocks may take, of blocks that others own. Default: 0.02; 0 to 1. Beyond it they are refused, but for one alone; 0: hot blocks are not spread to this silo.
    /// </summary>
    public double HotShare { get; set; } = 0.02;
}
