using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.Copies;

/// <summary>A copy that was evicted here while another was noted as knowing of it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Version">Its content.</param>
/// <param name="Knowers">Who was noted in its record: a bit each.</param>
public readonly record struct EvictedCopy(BlockKey Key, BlockVersion Version, ulong Knowers);
