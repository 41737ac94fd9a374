using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.Copies;

/// <summary>An extra copy that is here, because its block is hot.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Info">Its content, as of now.</param>
/// <param name="IsForgotten">Nobody has said for long that it is to stay.</param>
public readonly record struct ExtraCopy(BlockKey Key, BlockInfo Info, bool IsForgotten);
