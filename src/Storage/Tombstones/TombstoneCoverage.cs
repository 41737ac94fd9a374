using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.Tombstones;

/// <summary>Which contents a delete concerns: those that are not from after it as far as versions tell.</summary>
internal static class TombstoneCoverage
{
    /// <summary>Whether the delete that took the version <paramref name="deleted"/> covers the content <paramref name="version"/>.</summary>
    public static bool Covers(in BlockVersion deleted, in BlockVersion version) =>
        version.Epoch < deleted.Epoch
        || (version.Epoch == deleted.Epoch && (version.Life != deleted.Life || version.Sequence <= deleted.Sequence));

    /// <summary>
    /// What covers exactly what either covers. Two lives in one epoch exclude each other's versions, so together they cover the whole epoch.
    /// </summary>
    public static BlockVersion Union(in BlockVersion one, in BlockVersion other)
    {
        var later = (one.Epoch, one.Sequence).CompareTo((other.Epoch, other.Sequence)) >= 0 ? one : other;
        return one.Epoch == other.Epoch && one.Life != other.Life ? later with { Sequence = long.MaxValue } : later;
    }
}
