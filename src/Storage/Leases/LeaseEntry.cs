namespace KvOrleans.Storage.Leases;

/// <summary>One leased position of a chain.</summary>
/// <param name="Position">Which.</param>
/// <param name="Record">The record's number.</param>
/// <param name="Generation">Tells the content from others that had the same number before.</param>
internal readonly record struct LeaseEntry(int Position, int Record, uint Generation)
{
    /// <summary>Names the content.</summary>
    public ulong Content => ((ulong)Generation << 32) | (uint)Record;
}
