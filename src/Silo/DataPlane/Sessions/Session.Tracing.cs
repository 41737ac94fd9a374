using System.Diagnostics;
using KvOrleans.Silo.DataPlane.Commands;
using KvOrleans.Wire.Tracing;

namespace KvOrleans.Silo.DataPlane.Sessions;

/// <content>Commands that belong to somebody's trace.</content>
internal sealed partial class Session
{
    private ActivityContext _trace;
    private bool _isTraced;

    /// <summary>The next command belongs to <paramref name="trace"/>.</summary>
    public void TraceNext(ActivityContext trace) => (_trace, _isTraced) = (trace, true);

    private ValueTask ExecuteAsync(DataPlaneCommand command)
    {
        if (_isTraced)
            return ExecuteTracedAsync(command);
        return command.DecidesInParallel || _deferred.IsEmpty ? command.ExecuteAsync(this) : ExecuteInOrderAsync(command);
    }

    /// <summary>By itself: what it does has its own activity, which ends when it is decided.</summary>
    private async ValueTask ExecuteTracedAsync(DataPlaneCommand command)
    {
        _isTraced = false;
        await _deferred.CompleteAsync(this).ConfigureAwait(false);
        using var activity = Traces.Source.StartActivity(command.Name, ActivityKind.Server, _trace);
        await command.ExecuteAsync(this).ConfigureAwait(false);
        await _deferred.CompleteAsync(this).ConfigureAwait(false);
    }
}
