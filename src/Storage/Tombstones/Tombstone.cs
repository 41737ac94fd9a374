using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.Tombstones;

/// <summary>That a block was deleted, and which of its contents that concerns.</summary>
/// <param name="Key">The block.</param>
/// <param name="Version">The version that the delete took.</param>
/// <param name="Age">How long ago that became known, here or where it was learned from.</param>
public readonly record struct Tombstone(KeyId Key, BlockVersion Version, TimeSpan Age)
{
    /// <summary>Whether the content with this version was deleted: it is not from after the delete as far as versions tell.</summary>
    public bool Covers(BlockVersion version) => Covers(Version, version);

    internal static bool Covers(in BlockVersion deleted, in BlockVersion version) =>
        version.Epoch < deleted.Epoch
        || (version.Epoch == deleted.Epoch && (version.Life != deleted.Life || version.Sequence <= deleted.Sequence));

    /// <summary>
    /// What covers exactly what either covers. Two lives in one epoch exclude each other's versions, so together they cover the whole epoch.
    /// </summary>
    internal static BlockVersion Union(in BlockVersion one, in BlockVersion other)
    {
        var later = (one.Epoch, one.Sequence).CompareTo((other.Epoch, other.Sequence)) >= 0 ? one : other;
        return one.Epoch == other.Epoch && one.Life != other.Life ? later with { Sequence = long.MaxValue } : later;
    }
}
