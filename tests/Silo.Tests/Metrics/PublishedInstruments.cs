using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KvOrleans.Silo.Tests.Metrics;

/// <summary>Listens to the meters of this process whose name it likes, and to what they tell.</summary>
internal sealed class PublishedInstruments : IDisposable
{
    private readonly ConcurrentBag<Instrument> _all = [];
    private readonly MeterListener _listener = new();

    public PublishedInstruments(Predicate<string> likes)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!likes(instrument.Meter.Name))
                return;
            _all.Add(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Note(instrument, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        _listener.Start();
    }

    /// <summary>All that were published.</summary>
    public IEnumerable<Instrument> All => _all;

    /// <summary>The names of the tags that came with an instrument's values, in their order.</summary>
    public ConcurrentDictionary<string, string> Tags { get; } = new();

    /// <summary>The tags with their values that came with an instrument's values.</summary>
    public ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> Series { get; } = new();

    /// <summary>Has all tell what they know.</summary>
    public void Collect() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        KeyValuePair<string, object?>[] sorted = [.. tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal)];
        Tags[instrument.Name] = string.Join(' ', sorted.Select(tag => tag.Key));
        Series.GetOrAdd(instrument.Name, _ => new())[string.Join(' ', sorted)] = true;
    }
}
