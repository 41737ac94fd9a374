using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KvOrleans.Client.Tests.Scripted;

/// <summary>Adds up what all clients of the process count under one name.</summary>
internal sealed class MetricSums : IDisposable
{
    private readonly ConcurrentDictionary<Meter, long> _sums = new();
    private readonly MeterListener _listener = new();

    public MetricSums(string name)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == name)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, count, _, _) => _sums.AddOrUpdate(instrument.Meter, count, (_, sum) => sum + count));
        _listener.Start();
    }

    public long Total => _sums.Values.Sum();

    public void Dispose() => _listener.Dispose();
}
