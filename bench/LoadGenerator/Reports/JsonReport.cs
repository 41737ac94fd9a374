using System.Text.Json;
using System.Text.Json.Serialization;
using KvOrleans.LoadGenerator.Measuring;

namespace KvOrleans.LoadGenerator.Reports;

/// <summary>The same for machines: one object, every slice in it.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Writes <paramref name="report"/> to <paramref name="file"/>, in a folder that is made when it is not there.</summary>
    public static async Task WriteAsync(string file, object report, CancellationToken cancellation)
    {
        var path = Path.GetFullPath(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, JsonSerializer.SerializeToUtf8Bytes(report, Options), cancellation);
    }

    /// <summary>The report of a comparison.</summary>
    public static object Of(ComparisonPlan plan, IReadOnlyList<Series> series) => new
    {
        at = DateTimeOffset.UtcNow,
        processors = Environment.ProcessorCount,
        runtime = Environment.Version.ToString(),
        plan = new
        {
            plan.Rounds,
            sliceMilliseconds = plan.SliceLength.TotalMilliseconds,
            plan.CycleBytes,
        },
        series = series.Select(static one => new
        {
            one.Contender,
            one.Cell.Operation,
            one.Cell.Size,
            one.Cell.Connections,
            one.Failure,
            bytesPerSecond = one.BytesPerSecond,
            p50Microseconds = one.P50?.TotalMicroseconds,
            p99Microseconds = one.P99?.TotalMicroseconds,
            one.WorstSteal,
            slices = one.Samples,
        }),
    };
}
