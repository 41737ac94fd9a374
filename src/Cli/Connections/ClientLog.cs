using Microsoft.Extensions.Logging;

namespace KvOrleans.Cli.Connections;

/// <summary>Shows the client library's own warnings, the first few of them, as lines on a writer. Thread-safe.</summary>
internal sealed class ClientLog(TextWriter writer) : ILoggerFactory, ILogger
{
    private const int MostLines = 20;
    private const string Ours = "KvOrleans.";

    private int _lines;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith(Ours, StringComparison.Ordinal) ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider)
    {
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && Volatile.Read(ref _lines) < MostLines;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel) || Interlocked.Increment(ref _lines) > MostLines)
            return;
        var because = exception is null ? "" : $": {exception.Message}";
        // What a silo's error says may go on with where it came from.
        var line = $"{formatter(state, exception)}{because}".AsSpan();
        var end = line.IndexOfAny('\r', '\n');
        lock (writer)
            writer.WriteLine($"{(logLevel == LogLevel.Warning ? "warning" : "error")}: {(end < 0 ? line : line[..end])}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
