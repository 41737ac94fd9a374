using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using KvOrleans.Contracts.Blocks;
using Orleans.Runtime;

namespace KvOrleans.Grains.Membership;

/// <summary>What one read of the membership table found.</summary>
/// <param name="Incarnation">Tells the table from one that was lost before it; 0: there is no table.</param>
/// <param name="Version">The table's version.</param>
/// <param name="Rows">Its rows, in the order of their addresses.</param>
/// <param name="Server">Names the run of the server that keeps the table, where there is one and it says: another run may have gone back to an older table.</param>
public sealed record TableReading(ulong Incarnation, long Version, ImmutableArray<TableRow> Rows, string Server = "")
{
    /// <summary>Of all rows' lives and statuses.</summary>
    public ulong Digest { get; } = DigestOf(Rows);

    /// <summary>There is no table any more.</summary>
    public static TableReading Lost { get; } = new(0, 0, []);

    /// <summary>The reading of what Orleans read.</summary>
    public static TableReading Of(MembershipTableData table, ulong incarnation, string server = "")
    {
        ArgumentNullException.ThrowIfNull(table);
        var rows = from member in table.Members
                   let entry = member.Item1
                   orderby entry.SiloAddress
                   select new TableRow(entry.SiloAddress, entry.Status, entry.SiloName);
        return new(incarnation, table.Version.Version, [.. rows], server);
    }

    /// <summary>Whether this may be the same table at the same version as <paramref name="earlier"/>: rows of dead lives are cleaned away without another version.</summary>
    internal bool IsStill(TableReading earlier) =>
        Incarnation == earlier.Incarnation && Version == earlier.Version
        && (Digest == earlier.Digest || Rows.SequenceEqual(earlier.Rows.Where(row => row.Status != SiloStatus.Dead || Rows.Contains(row))));

    private static ulong DigestOf(ImmutableArray<TableRow> rows)
    {
        var words = rows.SelectMany(row => new[] { SiloLife.Of(row.Address).Id, (ulong)row.Status }).ToArray();
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes<ulong>(words));
    }
}
