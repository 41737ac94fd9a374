using KvOrleans.Grains.Membership;
using Orleans.Runtime;

namespace KvOrleans.Silo.Membership;

/// <summary>What Orleans would crash the process for, such as having been declared dead, ends the life instead: the blocks stay.</summary>
internal sealed partial class LifeEndsOnFatalError(LifeEnd life, ILogger<LifeEndsOnFatalError> logger) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => exception is not OperationCanceledException;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        LogFatal(exception, context);
        life.Declare("Orleans cannot go on with it");
    }

    [LoggerMessage(LogLevel.Warning, "Orleans cannot go on: {Context}")]
    private partial void LogFatal(Exception? exception, string? context);
}
