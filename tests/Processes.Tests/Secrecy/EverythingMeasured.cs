using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace KvOrleans.Processes.Tests.Secrecy;

/// <summary>Keeps the tags of all that this process measures, and the activities below the caller's, with all that is in them. Begins the caller's activity.</summary>
internal sealed class EverythingMeasured : IDisposable
{
    private readonly ConcurrentDictionary<string, byte> _told = [];
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;
    private readonly Activity _caller = new("caller");

    public EverythingMeasured()
    {
        _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<long>(Note);
        _meters.SetMeasurementEventCallback<double>(Note);
        _meters.SetMeasurementEventCallback<int>(Note);
        _meters.Start();
        _caller.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        _caller.Start();
        // Other tests of this process have traces of their own.
        _activities = new()
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.TraceId == _caller.TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = activity => _told[
                $"activity {activity.OperationName} {activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Baggage)} "
                + string.Join(' ', activity.Events.SelectMany(one => one.Tags.Select(tag => $"{one.Name} {tag}")))] = 0,
        };
        ActivitySource.AddActivityListener(_activities);
    }

    /// <summary>All of it, a line each.</summary>
    public string Text
    {
        get
        {
            _meters.RecordObservableInstruments();
            return string.Join('\n', _told.Keys);
        }
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
        _caller.Dispose();
    }

    private void Note<T>(Instrument instrument, T measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        _told[$"{instrument.Meter.Name} {instrument.Name} {string.Join(' ', tags.ToArray())}"] = 0;
}
