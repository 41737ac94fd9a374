using KvOrleans.Client.Status;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Cli.Incidents;

/// <summary>How far the silos are with a change of the cluster, by what they say of themselves.</summary>
/// <param name="Silos">How many answered.</param>
/// <param name="AgreeOn">The map that all of them have; null when they differ or one does not answer.</param>
/// <param name="PendingBlocks">Blocks whose copies are still to be made or moved.</param>
/// <param name="PendingHandoffs">Handoffs that are not done.</param>
/// <param name="CopiedBytes">What they have copied since they started.</param>
internal sealed record RepairProgress(int Silos, long? AgreeOn, long PendingBlocks, long PendingHandoffs, long CopiedBytes)
{
    /// <summary>Nothing is left to do.</summary>
    public bool IsWhole => AgreeOn is not null && PendingBlocks == 0 && PendingHandoffs == 0;

    /// <summary>Adds up what the silos of <paramref name="map"/> report.</summary>
    public static RepairProgress Of(ClusterMap map, IReadOnlyList<SiloReport> reports)
    {
        var reached = reports.Where(report => report.Reached).ToList();
        var ids = reached.Select(report => report.Number("map_id")).Distinct().ToList();
        var agree = reached.Count == map.Silos.Length && reached.Count == reports.Count && ids is [{ } id] ? id : (long?)null;
        return new(
            reached.Count, agree, Sum("repair_pending_blocks"), Sum("handoff_pending"), Sum("copied_bytes"));

        long Sum(string name) => reached.Sum(report => report.Number(name) ?? 0);
    }
}
