using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Matching;

/// <summary>A block of a match.</summary>
/// <param name="Key">The block.</param>
/// <param name="Version">The content that was leased.</param>
/// <param name="Length">Its bytes.</param>
public readonly record struct MatchedBlock(BlockKey Key, BlockVersion Version, int Length);
