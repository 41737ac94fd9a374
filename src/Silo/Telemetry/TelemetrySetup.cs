using KvOrleans.Grains.Heat;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Replication;
using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.DataPlane.Commands.Server;
using KvOrleans.Silo.DataPlane.Decisions;
using KvOrleans.Silo.DataPlane.Metrics;
using KvOrleans.Silo.Health;
using KvOrleans.Storage.Metrics;
using KvOrleans.Wire.Tracing;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KvOrleans.Silo.Telemetry;

/// <summary>Collects the silo's meters, Orleans' and the runtime's: for <c>/metrics</c>, and for an OpenTelemetry collector when the environment names one.</summary>
internal static class TelemetrySetup
{
    private const string Service = "kvorleans";
    private const string OurMeters = "KvOrleans.*";
    private const string OrleansMeter = "Microsoft.Orleans";
    private const string RuntimeMeter = "System.Runtime";

    // OpenTelemetry's own names; the exporter reads the first, and all others of the kind, itself.
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    /// <summary>The meters, by area.</summary>
    private static readonly Type[] Areas =
    [
        typeof(DataPlaneCounters), typeof(CommandMetrics), typeof(DecisionMetrics), typeof(StoreMetrics), typeof(PeerCounters),
        typeof(ReplicationProgress), typeof(HeatCounters), typeof(ClusterMetrics), typeof(ReadinessMetrics),
    ];

    /// <summary>Adds the meters that nobody else needs, and who collects.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, KvOrleansOptions options)
    {
        builder.Services.AddSingleton<StoreMetrics>().AddSingleton<ReadinessMetrics>();
        var tracing = IsGiven(TracesEndpoint);
        if (!options.Metrics.Enabled && !tracing)
            return;
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService(Service, serviceVersion: ServerIdentity.Version, serviceInstanceId: options.SiloName)
            .AddEnvironmentVariableDetector());
        if (options.Metrics.Enabled)
        {
            telemetry.WithMetrics(metrics =>
            {
                metrics.AddMeter(OurMeters, OrleansMeter, RuntimeMeter).AddPrometheusExporter();
                if (IsGiven(MetricsEndpoint))
                    metrics.AddOtlpExporter(exporter => exporter.Apply(builder.Configuration, "METRICS"));
            });
        }

        // A silo begins no trace of its own: whether one is recorded is the caller's choice.
        if (tracing)
            telemetry.WithTracing(traces => traces.AddSource(Traces.SourceName).AddOtlpExporter(exporter => exporter.Apply(builder.Configuration, "TRACES")));

        bool IsGiven(string endpoint) => !string.IsNullOrEmpty(builder.Configuration[Endpoint]) || !string.IsNullOrEmpty(builder.Configuration[endpoint]);
    }

    /// <summary>Opens <c>/metrics</c>, and makes the instruments that nobody else asks for.</summary>
    public static void MapTelemetry(this WebApplication host, KvOrleansOptions options)
    {
        if (!options.Metrics.Enabled)
            return;
        foreach (var area in Areas)
            host.Services.GetRequiredService(area);
        host.MapPrometheusScrapingEndpoint();
    }
}
