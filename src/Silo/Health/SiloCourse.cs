namespace KvOrleans.Silo.Health;

/// <summary>What the process is at, over all its lives. Thread-safe.</summary>
internal sealed class SiloCourse
{
    private readonly Lock _lock = new();
    private volatile State _state = new(SiloStage.Starting, "", null);
    private volatile bool _wasReady;

    /// <summary>What it is at.</summary>
    public SiloStage Stage => _state.Stage;

    /// <summary>Another with every stage that is entered, the same one again too.</summary>
    public object Entry => _state;

    /// <summary>The life that goes on; null when none does.</summary>
    public ILifeSigns? Life => _state.Life;

    /// <summary>Whether it was ready once.</summary>
    public bool WasReady => _wasReady;

    /// <summary>Whether a life ever went on.</summary>
    public bool WasLiving { get; private set; }

    /// <summary>Begins a stage without a life.</summary>
    /// <param name="stage">The stage. Of <see cref="SiloStage.Stopping"/> nothing comes but the end.</param>
    /// <param name="reason">Why, where there is more to say than its name.</param>
    public void Enter(SiloStage stage, string reason = "") => Enter(new State(stage, reason, null));

    /// <summary>A life goes on.</summary>
    public void Live(ILifeSigns life)
    {
        WasLiving = true;
        Enter(new State(SiloStage.Living, "", life));
    }

    /// <summary>Why clients should not be sent here; null when they should.</summary>
    public string? WhyNotReady()
    {
        var state = _state;
        var reason = state.Stage switch
        {
            SiloStage.Starting => state.Reason.Length > 0 ? $"the silo starts again: {state.Reason}" : "the silo is starting",
            SiloStage.Waiting => state.Reason,
            SiloStage.Ending => "this life of the silo is over",
            SiloStage.Stopping => "this silo is draining or stopping",
            _ => state.Life?.WhyNotReady(),
        };
        _wasReady |= reason is null;
        return reason;
    }

    private void Enter(State state)
    {
        lock (_lock)
        {
            if (_state.Stage != SiloStage.Stopping)
                _state = state;
        }
    }

    private sealed record State(SiloStage Stage, string Reason, ILifeSigns? Life);
}
