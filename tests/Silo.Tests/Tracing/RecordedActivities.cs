using System.Collections.Concurrent;
using System.Diagnostics;
using KvOrleans.Wire.Tracing;

namespace KvOrleans.Silo.Tests.Tracing;

/// <summary>Records the activities of this process that belong to one trace.</summary>
internal sealed class RecordedActivities : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = [];
    private readonly ActivityListener _listener;

    public RecordedActivities()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == Traces.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == TraceId)
                    _ended.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ActivityTraceId TraceId { get; } = ActivityTraceId.CreateRandom();

    public ActivitySpanId Caller { get; } = ActivitySpanId.CreateRandom();

    /// <summary>What the caller says of itself.</summary>
    public string Parent(bool isRecorded = true) => $"00-{TraceId}-{Caller}-{(isRecorded ? "01" : "00")}";

    /// <summary>The names of those that ended, each below its parent's: <c>parent/child</c>.</summary>
    public string[] Paths => [.. _ended.Select(PathOf).Order(StringComparer.Ordinal)];

    /// <summary>All that is in their tags.</summary>
    public string Tags => string.Join(' ', _ended.SelectMany(activity => activity.TagObjects).Select(tag => $"{tag.Key}={tag.Value}"));

    public void Dispose() => _listener.Dispose();

    private string PathOf(Activity activity) =>
        activity.ParentSpanId == Caller ? activity.OperationName
        : _ended.FirstOrDefault(other => other.SpanId == activity.ParentSpanId) is { } parent ? $"{PathOf(parent)}/{activity.OperationName}"
        : $"?/{activity.OperationName}";
}
