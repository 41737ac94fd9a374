using KvOrleans.Grains.Replication;

namespace KvOrleans.Silo.Draining;

/// <summary>A life's drain as those see it who ask for it from outside. Thread-safe.</summary>
internal sealed class DrainControl(StopOrder stop, IDrainer drainer)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How far it is.</summary>
    public DrainState State => drainer.State;

    /// <summary>Completes when nothing more is given away, while the data plane is still open.</summary>
    public Task Over => _over.Task;

    /// <summary>Cancelled when it is to end early.</summary>
    public CancellationToken Pressed => stop.Pressed;

    /// <summary>Begins what SIGTERM begins.</summary>
    public void Begin() => stop.Give();

    /// <summary>No more is given away.</summary>
    public void End() => _over.TrySetResult();
}
