namespace KvOrleans.Client.Matching;

/// <summary>Since when a silo that is reached gives matches no answers. Thread-safe.</summary>
internal sealed class MatchLapse(TimeProvider time)
{
    /// <summary>One that lasts longer is no moment any more: what it would be waited for has most likely gone wrong for a while.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    // What lies further back than this has nothing to do with what is now.
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long? _since;
    private long _last;

    /// <summary>False when it has lasted for longer than <see cref="Longest"/>.</summary>
    public bool IsMomentary
    {
        get
        {
            lock (_gate)
                return _since is not { } since || time.GetElapsedTime(since) < Longest;
        }
    }

    /// <summary>A question was refused for now, or lost with its connection.</summary>
    public void Faltered()
    {
        lock (_gate)
        {
            if (_since is null || time.GetElapsedTime(_last) > Forgotten)
                _since = time.GetTimestamp();
            _last = time.GetTimestamp();
        }
    }

    /// <summary>A question was answered.</summary>
    public void Answered()
    {
        lock (_gate)
            _since = null;
    }
}
