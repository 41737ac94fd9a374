using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Heat;

/// <summary>What was read of a block here lately.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Info">Its content, as of now.</param>
/// <param name="Role">What this silo is to it.</param>
/// <param name="Sums">What was read of it, for certain.</param>
public readonly record struct BlockHeat(BlockKey Key, BlockInfo Info, BlockRole Role, HeatSums Sums);
