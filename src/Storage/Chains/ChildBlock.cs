namespace KvOrleans.Storage.Chains;

/// <summary>A block whose parent is not here.</summary>
/// <param name="Record">Its number in the store that named it.</param>
/// <param name="Generation">Tells it from what may have the number later.</param>
/// <param name="Parent">What it names: <see cref="Contracts.Digests.KeyDigest.Hash(Contracts.Blocks.BlockKey)"/> of the parent's key.</param>
public readonly record struct ChildBlock(int Record, uint Generation, UInt128 Parent);
