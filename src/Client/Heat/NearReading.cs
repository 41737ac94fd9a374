using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Heat;

/// <summary>What was read of a block beside its owner's back, from the near cache.</summary>
/// <param name="Key">The block.</param>
/// <param name="Bytes">So many bytes since it was told last.</param>
internal readonly record struct NearReading(BlockKey Key, long Bytes);
