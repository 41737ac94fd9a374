namespace KvOrleans.Storage.Leases;

/// <summary>One position of a leased chain; zeroed where nothing is leased.</summary>
internal struct LeaseEntry
{
    public int RecordPlusOne;
    public uint Generation;

    /// <summary>Names the content, also among those that had the same record number before.</summary>
    public readonly ulong Content => ((ulong)Generation << 32) | (uint)RecordPlusOne;
}
