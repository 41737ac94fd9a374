using System.Diagnostics;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Metrics;

/// <summary>What OpenTelemetry's variables do to a silo.</summary>
public sealed class OtlpTests
{
    private const string Metric = "kvorleans.dataplane.commands";

    // A span has this name; among metrics it stands for a tag.
    private const string Span = "DBSIZE";

    [Fact]
    public async Task Export_WithOneEndpoint_SendsMetricsAndTraces()
    {
        await using var receiver = new OtlpReceiver();
        await using var silo = await StartAsync("ENDPOINT", receiver.Address, "PROTOCOL", "http/protobuf", "HEADERS", "x-tenant=all");

        await AskAsync(silo, () => receiver.Metrics.Contains(Metric, StringComparison.Ordinal) && receiver.Traces.Contains(Span, StringComparison.Ordinal));

        Assert.Contains("x-tenant: all", receiver.Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_WithAnEndpointOfMetrics_SendsThemThereAndNothingElse()
    {
        await using var receiver = new OtlpReceiver();
        await using var silo = await StartAsync(
            "METRICS_ENDPOINT", $"{receiver.Address}/own/way", "METRICS_PROTOCOL", "http/protobuf", "METRICS_HEADERS", "x-tenant=metrics", "METRICS_TIMEOUT", "5000");

        await AskAsync(silo, () => receiver.At("/own/way").Contains(Metric, StringComparison.Ordinal));

        Assert.Contains("x-tenant: metrics", receiver.At("/own/way"), StringComparison.Ordinal);
        Assert.Empty(receiver.Metrics + receiver.Traces);
    }

    [Fact]
    public async Task Export_WithEndpointsOfBoth_SendsEachItsWay()
    {
        await using var receiver = new OtlpReceiver();
        await using var silo = await StartAsync(
            "ENDPOINT", $"{receiver.Address}/all", "PROTOCOL", "http/protobuf", "TRACES_ENDPOINT", $"{receiver.Address}/spans", "METRICS_ENDPOINT", "no address");

        await AskAsync(silo, () => receiver.At("/all/v1/metrics").Contains(Metric, StringComparison.Ordinal) && receiver.At("/spans").Contains(Span, StringComparison.Ordinal));

        Assert.Empty(receiver.At("/all/v1/traces"));
    }

    private static Task<SiloProcess> StartAsync(params string[] variables) => SiloProcess.StartAsync(
    [
        .. variables.Select((text, i) => i % 2 == 0 ? $"--OTEL_EXPORTER_OTLP_{text}" : text), "--OTEL_METRIC_EXPORT_INTERVAL", "300", "--OTEL_BSP_SCHEDULE_DELAY", "100",
    ]);

    /// <summary>Asks in a trace until what is asked of it is there.</summary>
    private static async Task AskAsync(SiloProcess silo, Func<bool> isThere)
    {
        using var probe = new RespProbe(silo.Port);
        await Eventually.HoldsAsync(
            () =>
            {
                probe.Send(RespProbe.Frame("KV.TRACE", $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01"));
                Assert.StartsWith(":", probe.Ask("DBSIZE"), StringComparison.Ordinal);
                return isThere();
            },
            "what is exported came");
    }
}
