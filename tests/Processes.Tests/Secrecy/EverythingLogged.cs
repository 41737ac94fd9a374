using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Processes.Tests.Secrecy;

/// <summary>Keeps all that is logged: texts, their values, exceptions, scopes.</summary>
internal sealed class EverythingLogged : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = [];

    public string Text => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        _lines.Enqueue($"{state}");
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
        if (state is IEnumerable<KeyValuePair<string, object?>> values)
            _lines.Enqueue(string.Join(' ', values));
    }

    public void Dispose()
    {
    }
}
