using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Heat;

/// <summary>A hot block.</summary>
/// <param name="Key">Which.</param>
/// <param name="Version">The content that its owner holds.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="BytesPerSecond">What is read of it, on all silos.</param>
/// <param name="Share">That by what all silos send.</param>
/// <param name="Owner">The silo that owns it.</param>
/// <param name="Silos">All that hold it, the owner first.</param>
internal sealed record HotRow(BlockKey Key, string Version, long Length, long BytesPerSecond, double Share, string Owner, IReadOnlyList<string> Silos);
