using System.Diagnostics.Metrics;
using KvOrleans.Grains.Metrics;

namespace KvOrleans.Grains.Replication;

/// <summary>How far repair, handoff and drain are, for metrics.</summary>
public sealed class ReplicationProgress
{
    /// <summary>Makes the instruments.</summary>
    public ReplicationProgress(IReplicationStatusSource status, IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(ReplicationCounters.MeterName);
        meter.CreateLevel("kvorleans.repair.pending", () => status.Current.RepairPendingBlocks, "{block}", "Blocks that wait to be offered, or for an answer.");
        meter.CreateLevel("kvorleans.repair.pending.size", () => status.Current.RepairPendingBytes, "By", "Their bytes.");
        meter.CreateLevel("kvorleans.handoff.pending", () => status.Current.HandoffPending, "{silo}", "Silos whose handoff to this one is not done.");
        meter.CreateGauge("kvorleans.drain.active", () => status.Current.Drain.IsDraining ? 1 : 0, null, "1 while this silo was told to stop and gives its blocks away.");
        meter.CreateObservableCounter("kvorleans.drain.offered", () => status.Current.Drain.Offered, "{block}", "Blocks that the drain offered.");
        meter.CreateLevel("kvorleans.drain.open", () => status.Current.Drain.Open, "{block}", "Of them, those not yet answered.");
        meter.CreateObservableCounter("kvorleans.drain.lost", () => status.Current.Drain.Lost, "{block}", "Of them, those that nobody took.");
    }
}
