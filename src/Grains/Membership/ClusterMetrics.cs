using System.Diagnostics.Metrics;
using KvOrleans.Grains.Metrics;
using KvOrleans.Grains.Registers;

namespace KvOrleans.Grains.Membership;

/// <summary>How this silo sees its cluster and itself in it, for metrics.</summary>
public sealed class ClusterMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KvOrleans.Cluster";

    /// <summary>Makes the instruments.</summary>
    public ClusterMetrics(IClusterMapSource map, IWriteOnceGate gate, IRegisterGuard guard, IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        meter.CreateGauge("kvorleans.cluster.map.id", () => map.Current.Id, null, "The id of the current cluster map.");
        meter.CreateLevel("kvorleans.cluster.silos", () => map.Current.Silos.Length, "{silo}", "Silos in the current cluster map.");
        meter.CreateObservableGauge("kvorleans.cluster.fence.age", () => FenceAge(map), "s", "How long ago the read of the membership table was sent that vouches for the map.");
        meter.CreateGauge("kvorleans.cluster.cut_off", () => map.IsCutOff ? 1 : 0, null, "1 while the membership table cannot be read.");
        meter.CreateObservableGauge("kvorleans.cluster.serves", () => Serves(gate, guard), null, "1 while keys of this kind are served here.");
    }

    /// <summary>None before the table was first read.</summary>
    private static IEnumerable<Measurement<double>> FenceAge(IClusterMapSource map)
    {
        if (map.FenceAge is var age && age < TimeSpan.MaxValue)
            yield return new(age.TotalSeconds);
    }

    private static IEnumerable<Measurement<int>> Serves(IWriteOnceGate gate, IRegisterGuard guard) =>
    [
        new(gate.MayServe ? 1 : 0, new KeyValuePair<string, object?>("kind", "write_once")),
        new(guard.IsSettled ? 1 : 0, new KeyValuePair<string, object?>("kind", "register")),
    ];
}
