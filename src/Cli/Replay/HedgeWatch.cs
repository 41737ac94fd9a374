using System.Diagnostics.Metrics;

namespace KvOrleans.Cli.Replay;

/// <summary>Counts the bytes that this process' clients asked for a second time because a silo was slow, from the clients' own meter.</summary>
internal sealed class HedgeWatch : IDisposable
{
    private const string Instrument = "kvorleans.client.hedged.bytes";

    private readonly MeterListener _listener = new();
    private long _bytes;

    /// <summary>Begins to count.</summary>
    public HedgeWatch()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name == Instrument)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, bytes, _, _) => Interlocked.Add(ref _bytes, bytes));
        _listener.Start();
    }

    /// <summary>How many there were so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
