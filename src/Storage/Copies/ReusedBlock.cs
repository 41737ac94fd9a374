using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.Copies;

/// <summary>A block that has earned a copy: it was used, and nobody else is known to hold it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Info">Its content, as of now.</param>
/// <param name="Uses">How often it was used by now, 1 to 255; 255 is that many or more.</param>
/// <param name="IsAgain">It had a copy that is gone.</param>
public readonly record struct ReusedBlock(BlockKey Key, BlockInfo Info, byte Uses, bool IsAgain);
