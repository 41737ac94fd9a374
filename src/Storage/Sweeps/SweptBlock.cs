using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Sweeps;

/// <summary>A block as a sweep met it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Info">Its content.</param>
/// <param name="Role">What this silo is to it.</param>
/// <param name="Kind">Whether it is a register.</param>
/// <param name="Uses">How often it was used here, 0 to 255; 255 is that many or more.</param>
/// <param name="Holders">Who else is known to hold it: a bit each.</param>
public readonly record struct SweptBlock(BlockKey Key, BlockInfo Info, BlockRole Role, BlockKind Kind, byte Uses, ulong Holders);
