using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Reading;

/// <summary>How the read of one block ended.</summary>
/// <param name="Outcome">Whether the bytes are there.</param>
/// <param name="Version">The content that was read; <c>default</c> without a hit.</param>
/// <param name="Length">Its bytes; with <see cref="BlockReadOutcome.DestinationTooSmall"/>, the bytes that would be needed.</param>
public readonly record struct BlockRead(BlockReadOutcome Outcome, BlockVersion Version, int Length)
{
    /// <summary>True when the destination holds the block's verified bytes.</summary>
    public bool IsHit => Outcome == BlockReadOutcome.Hit;
}
