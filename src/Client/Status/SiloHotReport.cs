using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Client.Status;

/// <summary>What a silo says of the hot blocks that it owns.</summary>
/// <param name="Silo">The silo as the cluster map has it.</param>
/// <param name="Failure">Why it said nothing; null when it did.</param>
/// <param name="BytesPerSecond">What it sends to readers, about, in the last second.</param>
/// <param name="Blocks">Its hot blocks that more than one silo holds, the hottest first.</param>
public sealed record SiloHotReport(SiloDescriptor Silo, string? Failure, long BytesPerSecond, IReadOnlyList<HotBlockReport> Blocks)
{
    /// <summary>Whether it answered.</summary>
    public bool Reached => Failure is null;
}
