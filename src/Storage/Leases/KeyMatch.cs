using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.Leases;

/// <summary>What a match found of one key.</summary>
/// <param name="Found">Whether it is here and, when a lease was asked for, leased.</param>
/// <param name="Version">Its content.</param>
/// <param name="Length">Its payload's bytes.</param>
public readonly record struct KeyMatch(bool Found, BlockVersion Version, int Length);
