using System.Globalization;
using OpenTelemetry.Exporter;

namespace KvOrleans.Silo.Telemetry;

/// <summary>OpenTelemetry's variables for one signal, such as <c>OTEL_EXPORTER_OTLP_METRICS_ENDPOINT</c>. An exporter that is added for a signal reads those for all signals, and passes these by.</summary>
internal static class SignalVariables
{
    /// <summary>Takes what is given for the signal; what is not, or makes no sense, leaves what holds for all.</summary>
    /// <param name="exporter">The signal's exporter.</param>
    /// <param name="configuration">The environment is in it.</param>
    /// <param name="signal">As it stands in the names: <c>METRICS</c>, <c>TRACES</c>.</param>
    public static void Apply(this OtlpExporterOptions exporter, IConfiguration configuration, string signal)
    {
        if (Of("PROTOCOL") is { } protocol)
            exporter.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : protocol == "http/protobuf" ? OtlpExportProtocol.HttpProtobuf : exporter.Protocol;
        // As it stands: no path is put behind it.
        if (Uri.TryCreate(Of("ENDPOINT"), UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https")
            exporter.Endpoint = endpoint;
        if (Of("HEADERS") is { } headers)
            exporter.Headers = headers;
        if (int.TryParse(Of("TIMEOUT"), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
            exporter.TimeoutMilliseconds = milliseconds;

        string? Of(string variable) => configuration[$"OTEL_EXPORTER_OTLP_{signal}_{variable}"] is { Length: > 0 } value ? value : null;
    }
}
