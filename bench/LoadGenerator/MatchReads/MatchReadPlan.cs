namespace KvOrleans.LoadGenerator.MatchReads;

/// <summary>What is read, and how often.</summary>
/// <param name="Size">Bytes of a block.</param>
/// <param name="Blocks">Blocks of the match.</param>
/// <param name="Connections">Connections to each silo.</param>
/// <param name="Rounds">Slices of each way.</param>
/// <param name="Slice">How long a slice lasts at least: it ends with a whole read.</param>
internal sealed record MatchReadPlan(int Size, int Blocks, int Connections, int Rounds, TimeSpan Slice)
{
    /// <summary>Silos that the blocks lie on.</summary>
    public const int Silos = 3;

    /// <summary>Bytes of the match.</summary>
    public long Bytes => (long)Size * Blocks;
}
