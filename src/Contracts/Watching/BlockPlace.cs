using System.Globalization;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Digests;

namespace KvOrleans.Contracts.Watching;

/// <summary>A silo that holds a block.</summary>
/// <param name="Silo">Its name.</param>
/// <param name="Role"><c>owner</c>, <c>last copy</c> of a silo that does not own it in its map, <c>copy</c>, or <c>extra copy</c> of a hot block.</param>
/// <param name="Version">Which content.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Uses">How often it was read or matched there; 255: as often or more.</param>
/// <param name="Leases">Leases on it there.</param>
/// <param name="TimeToLiveMilliseconds">What it has left; null: until evicted.</param>
/// <param name="Served">False while the silo holds it back, since it must learn first what was deleted.</param>
/// <param name="Tier">Where its bytes are: <c>memory</c>.</param>
/// <param name="Parent">The hash of the key that it names as its parent, in hex; null: none.</param>
/// <param name="IsOrphan">Whether that one is gone from the cluster, so that it goes before others.</param>
/// <param name="BytesPerSecond">What is read of it there.</param>
public sealed record BlockPlace(
    string Silo, string Role, string? Version, long? Length, long? Uses, long? Leases, long? TimeToLiveMilliseconds, bool Served,
    string? Tier = null, string? Parent = null, bool IsOrphan = false, long? BytesPerSecond = null)
{
    /// <summary>Who holds the block and what it is there, such as <c>b (copy, orphan of #1)</c>.</summary>
    /// <param name="before">The block before in the chain that was asked for; default: none.</param>
    /// <param name="number">That one's number, from 1.</param>
    public string Describe(BlockKey before, int number) =>
        $"{Silo} ({Role}{(Served ? "" : ", held back")}{(IsOrphan ? $", orphan of {NameParent(before, number)}" : "")})";

    /// <summary>The parent's number in the chain, if it is the block before; else its hash, which is all that a silo knows of it. Null: it names none.</summary>
    /// <inheritdoc cref="Describe"/>
    public string? NameParent(BlockKey before, int number) => Parent is null ? null
        : !before.IsDefault && Parent == KeyDigest.Hash(before).ToString("x32", CultureInfo.InvariantCulture) ? $"#{number}"
        : $"a block with hash {Parent}";
}
