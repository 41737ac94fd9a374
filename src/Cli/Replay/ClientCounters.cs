using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KvOrleans.Cli.Replay;

/// <summary>Adds up what all clients of this process count about matches and digests. Thread-safe.</summary>
internal sealed class ClientCounters : IDisposable
{
    private const string Meter = "KvOrleans.Client";

    private static readonly string[] Listened = ["kvorleans.client.match.", "kvorleans.client.digest."];

    private readonly ConcurrentDictionary<string, long> _sums = new();
    private readonly MeterListener _listener = new();

    public ClientCounters()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == Meter && Array.Exists(Listened, name => instrument.Name.StartsWith(name, StringComparison.Ordinal)))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, count, _, _) => _sums.AddOrUpdate(instrument.Name, count, (_, sum) => sum + count));
        _listener.Start();
    }

    /// <summary>What was counted under this name.</summary>
    public long Of(string name) => _sums.GetValueOrDefault(name);

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
