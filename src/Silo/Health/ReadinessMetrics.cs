using System.Diagnostics.Metrics;
using KvOrleans.Grains.Metrics;

namespace KvOrleans.Silo.Health;

/// <summary>What <c>/readyz</c> says, for metrics.</summary>
internal sealed class ReadinessMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KvOrleans.Health";

    public ReadinessMetrics(Readiness readiness, IMeterFactory meters) =>
        meters.Create(MeterName).CreateGauge("kvorleans.silo.ready", () => readiness.WhyNot() is null ? 1 : 0, null, "1 while clients should be sent here.");
}
