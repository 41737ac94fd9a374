using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.Draining;
using KvOrleans.Silo.Health;
using KvOrleans.Silo.Http;
using KvOrleans.Silo.Watching;

namespace KvOrleans.Silo;

/// <summary>What a silo's process has beside its lives: what it is at, whether it works, and the door by which it is asked.</summary>
internal sealed class SiloFrame : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly Liveness _liveness;
    private Task _looking = Task.CompletedTask;

    /// <summary>Makes it for one process.</summary>
    public SiloFrame(KvOrleansOptions options, TimeProvider time)
    {
        _liveness = new(Course, options.Drain.Grace, time);
        Door = new(options, new(Course, _liveness));
        Events = new(time);
        Stop = new(Course);
    }

    /// <summary>What the process is at.</summary>
    public SiloCourse Course { get; } = new();

    /// <summary>Tells it to stop.</summary>
    public StopOrder Stop { get; }

    /// <summary>What happened, over all lives.</summary>
    public EventBook Events { get; }

    /// <summary>The HTTP port.</summary>
    public HttpDoor Door { get; }

    /// <summary>Begins to look and to answer.</summary>
    public Task OpenAsync()
    {
        _looking = Task.Run(() => _liveness.RunAsync(_ending.Token));
        return Door.OpenAsync(_ending.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Door.DisposeAsync().ConfigureAwait(false);
        _ending.Dispose();
        Stop.Dispose();
    }
}
