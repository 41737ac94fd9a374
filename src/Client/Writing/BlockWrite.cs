using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Writing;

/// <summary>How a write ended.</summary>
/// <param name="Outcome">Whether it was accepted.</param>
/// <param name="Version">The version that is there now; <c>default</c> when nothing is or when it is not known.</param>
public readonly record struct BlockWrite(BlockWriteOutcome Outcome, BlockVersion Version)
{
    /// <summary>True when the block is in the cache, by this write or by an earlier one of the same bytes.</summary>
    public bool IsStored => Outcome is BlockWriteOutcome.Accepted or BlockWriteOutcome.AlreadyPresent or BlockWriteOutcome.NotReplicated;
}
