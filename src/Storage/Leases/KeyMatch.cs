using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.Leases;

/// <summary>What a match found of one key.</summary>
/// <param name="Found">Whether it is here and, when a lease was asked for, leased.</param>
/// <param name="Version">Its content.</param>
/// <param name="Length">Its payload's bytes.</param>
/// <param name="IsWithheld">It was not found and may be here all the same: a lease on it would have gone over a bound, or the lease ended while the chain was looked up.</param>
public readonly record struct KeyMatch(bool Found, BlockVersion Version, int Length, bool IsWithheld = false)
{
    /// <summary>A key of which no more can be said.</summary>
    internal static KeyMatch Withheld => new(false, default, 0, IsWithheld: true);

    /// <summary>Whether the key was not here.</summary>
    public bool IsAbsent => !Found && !IsWithheld;
}
