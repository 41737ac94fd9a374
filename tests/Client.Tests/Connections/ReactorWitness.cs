using System.Diagnostics.Metrics;
using KvOrleans.Wire.Sockets;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Tests.Connections;

/// <summary>A logger and a listener of meters that note whether they were ever called on a reactor's thread.</summary>
internal sealed class ReactorWitness : ILoggerFactory, ILogger
{
    private readonly MeterListener _meters = new();
    private volatile string? _onReactor;
    private int _heard;

    public ReactorWitness()
    {
        _meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "KvOrleans.Client")
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((_, _, _, _) => Note());
        _meters.SetMeasurementEventCallback<int>((_, _, _, _) => Note());
        _meters.SetMeasurementEventCallback<double>((_, _, _, _) => Note());
        _meters.Start();
    }

    /// <summary>Where it was first called on a reactor's thread; null when it never was. Meters are the whole process's, so it may have been for another test.</summary>
    public string? OnReactor => _onReactor;

    public int Heard => Volatile.Read(ref _heard);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Note();

    public void Dispose() => _meters.Dispose();

    private void Note()
    {
        Interlocked.Increment(ref _heard);
        if (SocketReactor.IsOnThread)
            _onReactor ??= Environment.StackTrace;
    }
}
